"""The blocking twin of the address book's verbs."""

from __future__ import annotations

from bestsms._bridge import Bridged, blocking, blocking_iter
from bestsms.address_book.book import AddressBook

__all__ = ["SyncAddressBook"]


class SyncAddressBook(Bridged[AddressBook]):
    """The blocking twin of :class:`AddressBook`: same names, arguments and answers."""

    __slots__ = ()

    contacts = blocking_iter(AddressBook.contacts)
    groups = blocking_iter(AddressBook.groups)
    find = blocking(AddressBook.find)
    find_all = blocking_iter(AddressBook.find_all)
    upsert = blocking(AddressBook.upsert)
    sync_group = blocking(AddressBook.sync_group)
