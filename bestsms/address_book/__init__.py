"""What people do with an address book, over the calls that the references document for it.

.. code-block:: text

    book        the verbs: contacts, groups, find, upsert, sync_group
    blocking    their blocking twins
    people      who is meant: numbers, contacts, mappings, and the fields that can be written
    mobiles     what is taken for a mobile number where one is given
    matching    when a number, or a text, is the same as a stored one
    reading     whole lists, once each, also of an address book that changes meanwhile
    settling    what becomes of a creation whose answer was lost
    writing     contacts and groups, made once and changed where they differ
    planning    the difference between a group and the people who should be in it
    applying    the difference, made
    outcomes    what a sync may come to
"""
