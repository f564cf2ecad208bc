"""A list of any length to phones: packed, paced, never twice, never lost.

``planning`` turns a source of recipients into chunks, ``running`` takes them to the provider,
``outcomes`` says what became of each. Nothing is held whole: what is in memory is what is under
way, and a small set of the numbers that were seen.
"""
