"""Waiting for 48 hours in one line: the state of messages, their replies, and the inbox.

.. code-block:: text

    verbs       what a client has of it
    desk        where waits begin: what is asked for, checked and given its time
    waits       one message, or any number at once, until its state is final
    replies     the replies to one message, as they come
    inbox       every received message, none twice and none skipped
    streams     the async iterator of the two, and its cursor
    asking      one thing that is asked for again and again; when that is hopeless, when over
    polling     one queue for all of them, asked in turn, never too fast
    schedule    what is due when
    turns       the rate of looks
    topics      what a webhook may be about, and who waits for that
    pace        how often one thing is asked for

Nothing is imported here: a client that only sends loads ``verbs`` and no more.
"""
