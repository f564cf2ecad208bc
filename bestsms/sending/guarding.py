"""Guards against toll fraud, and against texts to real people from a staging system.

The reference advises a check of prefixes against toll fraud: thieves have others pay for texts to
dear numbers of their own. A guard is held against every send of a client, by the verb ``send`` or
by ``messaging.send_sms``. What repeats a message the provider has (``actions.resubmit``) is not
guarded: its numbers are not known here. What is compared is what is sent, the E.164 form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, Self

import attrs

from bestsms._breath import breathe
from bestsms._wire.arguments import is_several
from bestsms.api import Destination, SMSMessage
from bestsms.errors import ConfigurationError, InvalidRequest
from bestsms.numbers import Reader, Refused, region_code, shown
from bestsms.sending.addressing import ContactID, GroupCode, GroupID

__all__ = ["Guard"]

PREFIX: Final = r"\+[1-9][0-9]{0,14}"
LIKE_A_NUMBER: Final = r"\+?[0-9][0-9 ().\-]{5,}"
KINDS: Final = ("ContactID", "GroupID", "GroupCode")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Guard:
    """What a client may send to. Every guard that is set must allow a number.

    Attributes:
        region: Where numbers in national form are from.
        prefixes: What a number must begin with.
        regions: Where a number must be from. Premium-rate numbers are refused even there.
        numbers: The only numbers, in E.164 form.
        names: The only ContactIDs, GroupIDs and GroupCodes, each with its kind.
        reader: Reads the numbers.
    """

    region: str | None
    prefixes: tuple[str, ...] | None
    regions: frozenset[str] | None
    numbers: frozenset[str] | None
    names: frozenset[tuple[str, str]]
    reader: Reader

    @classmethod
    def resolve(
        cls,
        *,
        default_region: str | None,
        allowed_prefixes: Iterable[str] | None,
        allowed_regions: Iterable[str] | None,
        only_to: Iterable[str] | None,
    ) -> Self:
        """Check the settings of :class:`bestsms.AsyncClient` and make the guard of them.

        Raises:
            ConfigurationError: A setting is wrong, or the extra ``numbers`` is missing.
        """
        region = None if default_region is None else region_code("default_region", default_region)
        prefixes = _each("allowed_prefixes", allowed_prefixes, _prefix)
        regions = _each("allowed_regions", allowed_regions, region_code)
        reader = Reader(region, regions or ())
        listed = _each("only_to", only_to, _text)
        numbers: set[str] = set()
        names: set[tuple[str, str]] = set()
        for index, text in enumerate(listed or ()):
            if isinstance(text, ContactID | GroupID | GroupCode):
                names.add((type(text).__name__, text))
                continue
            try:
                numbers.add(reader.read(text).text)
            except Refused as why:
                if re.fullmatch(LIKE_A_NUMBER, text.strip()):
                    raise ConfigurationError(
                        f"only_to: entry {index}, {shown(text)}, {why}."
                    ) from None
                names |= {(kind, text) for kind in KINDS}
        return cls(
            region=region,
            prefixes=prefixes,
            regions=None if regions is None else frozenset(regions),
            numbers=None if listed is None else frozenset(numbers),
            names=frozenset(names),
            reader=reader,
        )

    def __repr__(self) -> str:
        set_ = [
            name
            for name, value in (
                ("default_region", self.region),
                ("allowed_prefixes", self.prefixes),
                ("allowed_regions", self.regions),
                ("only_to", self.numbers),
            )
            if value is not None
        ]
        return f"<Guard of {', '.join(set_)}>"

    async def hold(self, message: SMSMessage) -> SMSMessage:
        """Return a message with its numbers in E.164 form, if it may be sent to all of them.

        Raises:
            InvalidRequest: A destination is refused, and so all of the message is.
        """
        held: list[Destination] = []
        refused, first = 0, ""
        for index, destination in enumerate(message.destinations):
            await breathe(index)
            try:
                held.append(self._held(destination))
            except Refused as why:
                refused += 1
                first = first or f"the first is item {index}, {why}"
        if refused:
            raise InvalidRequest(
                "Destinations",
                f"{refused} of {len(message.destinations)} refused: {first}",
                size=refused,
                message_id=message.message_id,
            )
        return attrs.evolve(message, destinations=tuple(held))

    def number(self, given: str) -> str:
        """Return a number in E.164 form, if it may be sent to.

        Raises:
            Refused: It may not, or is none.
        """
        number = self.reader.read(given)
        self._check(number.text, number.region, costly=number.costly)
        return number.text

    def check_name(self, kind: str, name: str) -> None:
        """Refuse the key of a contact or a group, unless it is listed or no guard is set.

        Args:
            kind: ``ContactID``, ``GroupID`` or ``GroupCode``.
            name: The key.

        Raises:
            Refused: It may not be sent to.
        """
        if self.prefixes is None and self.regions is None and self.numbers is None:
            return
        if (kind, name) not in self.names:
            raise Refused(
                f"a {kind}: whose numbers it stands for is not known here; send to numbers, "
                "or list it in only_to"
            )

    def _held(self, destination: Destination) -> Destination:
        keys = destination.contact_id, destination.group_id, destination.group_code
        for kind, name in zip(KINDS, keys, strict=True):
            if name is not None:
                self.check_name(kind, name)
        given = destination.recipient
        if given is None or not given.strip():
            return destination
        try:
            number = self.number(given)
        except Refused as why:
            raise Refused(f"{shown(given)}: it {why}") from None
        return destination if number == given else attrs.evolve(destination, recipient=number)

    def _check(self, number: str, region: str | None, *, costly: bool) -> None:
        if self.prefixes is not None and not number.startswith(self.prefixes):
            raise Refused("begins with none of allowed_prefixes")
        if self.regions is not None and region not in self.regions:
            raise Refused(f"is of {region}, which is none of allowed_regions")
        if costly and (self.prefixes is not None or self.regions is not None):
            raise Refused("is a premium-rate number, which no guard lets through")
        if self.numbers is not None and number not in self.numbers:
            raise Refused("is not in only_to, the list of who may be sent to")


def _each(
    setting: str, values: Iterable[str] | None, check: Callable[[str, object], str]
) -> tuple[str, ...] | None:
    if values is None:
        return None
    if not is_several(values):
        raise ConfigurationError(f"{setting}: a list is needed, not {type(values).__name__}.")
    return tuple([check(setting, value) for value in values])


def _prefix(setting: str, value: object) -> str:
    if isinstance(value, str) and re.fullmatch(PREFIX, value):
        return value
    raise ConfigurationError(
        f"{setting}: a prefix is a + and digits, the country's code first: '+61' for Australia, "
        "'+614' for its mobiles."
    )


def _text(setting: str, value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise ConfigurationError(
        f"{setting}: a number, ContactID, GroupID or GroupCode is needed, and one entry is "
        f"{'blank' if isinstance(value, str) else type(value).__name__}."
    )
