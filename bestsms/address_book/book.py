"""The verbs of an address book."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Unpack

from bestsms._transport import Transport
from bestsms.address_book.matching import folded, matches
from bestsms.address_book.mobiles import given_number
from bestsms.address_book.outcomes import MemberChanges
from bestsms.address_book.people import ContactDetails, Details, People, details_of
from bestsms.address_book.reading import distinct
from bestsms.address_book.writing import Writer
from bestsms.api import Contact, Group
from bestsms.errors import InvalidRequest

__all__ = ["AddressBook"]


class AddressBook:
    """The address book as a whole, over the documented calls on its parts.

    There is no call that finds a contact by its number however that is written, so what finds,
    compares or syncs reads the whole list, 100 contacts a call. Numbers are compared by their
    digits, with or without ``+`` or ``00``; a national number, ``0421 000 001``, is the same as an
    international one only where the client has a ``default_region``.

    Args:
        transport: Carries the calls.
        region: Where numbers in national form are from, if that is known.
    """

    __slots__ = ("_transport", "_writer")

    def __init__(self, transport: Transport, region: str | None = None) -> None:
        self._transport = transport
        self._writer = Writer(transport, region)

    def contacts(self, *, records_per_page: int = 100) -> AsyncIterator[Contact]:
        """Walk through all contacts, each once.

        One that is created meanwhile may or may not come, and while others are deleted one may be
        overlooked: the pages are the provider's, and move. None comes twice.

        Args:
            records_per_page: How many are read with one call, at most 100 (T14).
        """
        return distinct(self._writer.contacts.iterate(records_per_page=records_per_page))

    def groups(self, *, records_per_page: int = 100) -> AsyncIterator[Group]:
        """Walk through all groups, each once; see :meth:`contacts`.

        Args:
            records_per_page: How many are read with one call, at most 100 (T14).
        """
        return distinct(self._writer.groups.iterate(records_per_page=records_per_page))

    async def find(
        self, *, mobile_phone: str | None = None, **details: Unpack[ContactDetails]
    ) -> Contact | None:
        """Find a contact: the first in the list that has everything that is given.

        Numbers are compared as numbers, other fields as whole texts in any case. The provider's own
        search, ``client.contacts.search``, compares stored spellings and is not relied on (T17).

        Args:
            mobile_phone: The mobile number.
            details: Any other field of a contact that can be written.

        Returns:
            The contact, or ``None``. :meth:`find_all` tells whether there are others.

        Raises:
            InvalidRequest: Nothing was given, or a blank.
        """
        async with aclosing(self._found(mobile_phone, details)) as found:
            return await anext(found, None)

    def find_all(
        self, *, mobile_phone: str | None = None, **details: Unpack[ContactDetails]
    ) -> AsyncIterator[Contact]:
        """Walk through the contacts that have everything that is given; see :meth:`find`.

        Args:
            mobile_phone: The mobile number.
            details: Any other field of a contact that can be written.

        Raises:
            InvalidRequest: Nothing was given, or a blank.
        """
        return self._found(mobile_phone, details)

    async def upsert(self, *, mobile_phone: str, **details: Unpack[ContactDetails]) -> Contact:
        """Bring the contact of a number up to date, or create it.

        Fields that are not given are left alone, and the number stays as it is stored; that of a
        new contact is stored in E.164 form where the client has a ``default_region``, else as it
        is given. Two calls for one number at once in one client create one contact; two clients
        can't know.

        Args:
            mobile_phone: The mobile number, best as ``+61421000001``; 6 to 15 digits, which any
                separators of numbers may stand between.
            details: The fields that the contact should have; an empty text clears one (U34).

        Returns:
            The contact as it is now.

        Raises:
            InvalidRequest: An argument is refused. Verdict ``NOT_SENT``.
            SeveralMatches: Several contacts have the number; ``error.ids``. Verdict ``NOT_SENT``.
            Rejected: The provider said no. Verdict ``REJECTED``.
            OutcomeUnknown: It left, no usable answer came, and the contact was not found through
                the settle window. Verdict ``UNKNOWN``: call again later, which looks first.
        """
        number = given_number(mobile_phone)
        checked = details_of(**details)
        key = self._writer.key(number)
        async with self._writer.alone(key):
            found = await self._writer.with_number(key)
            if found is not None:
                return await self._writer.update(found, checked)
            return await self._writer.create(key, number, checked)

    async def sync_group(
        self,
        group: Group | str,
        people: People,
        *,
        dry_run: bool = False,
        remove: bool = True,
        create: bool = False,
        allow_empty: bool = False,
    ) -> MemberChanges:
        """Make a group hold exactly these people, or show what that would change.

        People without a contact get one, contacts whose given fields differ are changed, and
        members that are not among the people leave the group; no contact is ever deleted. What
        can't be done for one person does not keep the others from it; but while anyone could not
        be created or added, nobody is removed. After a failure, or to be sure, call it again: it
        makes what is left.

        Args:
            group: A :class:`~bestsms.Group`, a :class:`~bestsms.GroupID`, a
                :class:`~bestsms.GroupCode`, or a text that is the ID, the code or the name of one;
                version 2.03 knows no IDs of groups.
            people: Mobile numbers, as in :meth:`upsert`, :class:`~bestsms.ContactID` or contacts,
                which stand for themselves, :class:`~bestsms.Destination` or mappings with fields
                (``{"mobile_phone": "+61421000001", "first_name": "Jess"}``), in any mixture.
            dry_run: Whether to do nothing and return what there is to do.
            remove: Whether members that are not among the people leave the group.
            create: Whether to create the group if there is none of this name or code.
            allow_empty: Whether an empty list may remove all members: it is more often a mistake.

        Returns:
            What was changed; of a dry run, what would be.

        Raises:
            InvalidRequest: An argument is refused, or there is no such group. Verdict ``NOT_SENT``.
            SeveralMatches: Several contacts have the number of one person and none of them is a
                member, or the text is of several groups. Nothing was changed.
            SyncFailed: Some changes could not be made: ``error.changes`` are those that were.
            OutcomeUnknown: Whether a missing group was created can't be said, and nothing else was
                changed. Verdict ``UNKNOWN``.
            Rejected: The group could not be created. Nothing was changed.
            BestSMSError: The address book can't be read. Nothing was changed.
        """
        from bestsms.address_book.syncing import sync  # noqa: PLC0415 - the heaviest, and rare

        return await sync(
            self._transport,
            self._writer,
            group,
            people,
            dry_run=dry_run,
            remove=remove,
            create=create,
            allow_empty=allow_empty,
        )

    def _found(
        self, mobile_phone: str | None, details: ContactDetails
    ) -> AsyncGenerator[Contact, None]:
        checked = details_of(mobile_phone=mobile_phone, **details)
        key = self._writer.key
        blank = [name for name, value in checked.items() if not folded(name, value, key)]
        if blank or not checked:
            raise InvalidRequest(
                "Contact",
                f"{blank[0]} is blank, which would find whoever has none"
                if blank
                else "nothing to look for was given; contacts() walks through all of them",
            )
        return self._matching(checked)

    async def _matching(self, wanted: Details) -> AsyncGenerator[Contact, None]:
        async for contact in self.contacts():
            if matches(contact, wanted, self._writer.key):
                yield contact
