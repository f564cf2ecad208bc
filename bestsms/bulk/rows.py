"""One row, in whatever shape it comes, to the fields that are sent."""

from __future__ import annotations

import functools
import re
from collections.abc import AsyncIterable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeGuard, Union, cast

from bestsms._placeholders import Kind, distinct
from bestsms._settings import Version
from bestsms._wire.checks import Text
from bestsms.address_book.matching import digits_of
from bestsms.address_book.mobiles import given_number
from bestsms.api import Destination
from bestsms.bulk.fields import KEYS, NAMES, known, shape_of
from bestsms.bulk.limits import Limits
from bestsms.bulk.seen import Key, key_of
from bestsms.errors import InvalidRequest
from bestsms.numbers import Refused
from bestsms.sending.addressing import destinations_of

if TYPE_CHECKING:
    # Who sends to one of these has loaded it; the others need not.
    from bestsms.api import Contact, Group
    from bestsms.sending.guarding import Guard

__all__ = [
    "Read",
    "Reader",
    "Recipients",
    "Row",
    "Unreadable",
    "Unsendable",
    "as_mapping",
    "needs",
]

Row = Union[str, Destination, "Contact", "Group", Mapping[str, object]]
Recipients = Iterable[Row] | AsyncIterable[Row] | Path
"""Who gets a campaign: numbers, :class:`Destination` and the like, mappings, or a CSV file."""

_SIMPLE: Final = re.compile(r"\+?[1-9][0-9]{6,14}")
_TEXTS: Final = {name: Text(name) for name in NAMES}
_MESSAGE: Final = Text("Message", min_length=1)
KINDS: Final = "numbers, Destinations, Contacts, Groups or mappings"
_NO_KEY: Final = f"has none of {', '.join(KEYS)}"


class Unreadable(NamedTuple):
    """A row that its source could not read, in place of it."""

    reason: str


class Unsendable(ValueError):
    """Why a row can't be sent as it stands, and whom it names, if anyone."""

    def __init__(self, reason: str, recipient: str = "") -> None:
        super().__init__(reason)
        self.recipient = recipient


class Read(NamedTuple):
    """A row that can be sent.

    Attributes:
        fields: Its fields by wire name, who gets it first.
        key: What the recipient is compared by.
        text: The text, the row's own or that of all.
    """

    fields: dict[str, str]
    key: Key
    text: str


class Reader:
    """Reads the rows of one campaign.

    Args:
        message: The text of every row that has none of its own.
        version: The API version of the send: 2.03 sends to numbers only.
        guard: What every number must pass, which puts it into E.164 form too.
        files: How many files go with each message; ``None`` if that is checked elsewhere.
        lasting: Whether a MessageID is made of each number, so that one whose meaning a setting
            decides would be another recipient's under another setting.
        limits: What a request takes.
    """

    __slots__ = ("files", "guard", "lasting", "limits", "message", "version")

    def __init__(
        self,
        message: str | None,
        version: Version,
        guard: Guard | None,
        files: int | None,
        *,
        lasting: bool = False,
        limits: Limits | None = None,
    ) -> None:
        self.message = message
        self.version: Version = version
        self.guard = guard
        self.files = files
        self.lasting = lasting
        self.limits = limits or Limits()

    def read(self, row: object) -> Read:
        """Read one row.

        Raises:
            Unsendable: It can't be sent as it stands.
        """
        if isinstance(row, Unreadable):
            raise Unsendable(row.reason)
        try:
            fields, own = _plain(row, self.version)
            return self._checked(fields, own)
        except InvalidRequest as error:
            raise Unsendable(f"{error.field} {error.limit}", _named(row)) from None
        except Refused as why:
            raise Unsendable(str(why), _named(row)) from None

    def refuse_first(self, row: object) -> None:
        """Refuse a list by its first row, where what is wrong with it is wrong with all.

        Raises:
            InvalidRequest: It is no row, a column is of no known field, or there is no text.
        """
        mapping = as_mapping(row)
        if mapping is None and not _is_somebody(row):
            raise InvalidRequest(
                "recipients", f"holds {KINDS}, and the first is of type {type(row).__name__}"
            )
        shape = shape_of(() if mapping is None else tuple(mapping))
        if shape.unknown:
            # Not their names: of a file without a first line they would be a person's.
            which = ", ".join(str(place + 1) for place in shape.unknown)
            raise InvalidRequest(
                "recipients",
                f"has columns of no known field: number {which} of {len(mapping or ())}; known are "
                f"{known()}",
                size=len(shape.unknown),
            )
        if shape.twice:
            raise InvalidRequest("recipients", f"has more than one column for {shape.twice[0]}")
        if self.message is None and shape.message is None:
            raise InvalidRequest(
                "Message", "is needed, unless every row is a mapping with a message of its own"
            )

    def serves(self, names: Sequence[str]) -> bool:
        """Say whether numbers with these fields lack nothing that the text of all needs."""
        fields, files = needs(self.message or "")
        return set(fields) <= set(names) and (self.files is None or files <= self.files)

    @property
    def reads(self) -> Callable[[str], str] | None:
        """What reads a number and may refuse it; ``None`` if plain ones go as they are."""
        if self.guard is not None:
            return self.guard.number
        return self._number if self.lasting else None

    def _checked(self, fields: dict[str, object], own: object) -> Read:
        name, value = _recipient(fields)
        if name == KEYS[0]:
            value = self._number(value)
        elif self.version == "2.03":
            raise Refused("version 2.03 of the API sends to numbers only")
        elif self.guard is not None:
            self.guard.check_name(name, value)
        ready = {name: value}
        for each, item in fields.items():
            # Of the keys only one is not blank.
            if item is not None and each not in KEYS:
                _TEXTS[each].check(item)
                ready[each] = str.__str__(cast("str", item))
        self.limits.check(ready)
        return Read(ready, key_of(name, value), self._text(own, ready))

    def _number(self, given: str) -> str:
        if self.guard is not None:
            return self.guard.number(given)
        if not _SIMPLE.fullmatch(given):
            try:
                given_number(given)
            except InvalidRequest as error:
                raise Refused(error.limit) from None
            if self.lasting and digits_of(given).startswith("0"):
                raise Refused(
                    "is a national number, of which no lasting MessageID can be made: set "
                    "default_region, or write it with + and the country's code"
                )
        return given

    def _text(self, own: object, ready: Mapping[str, str]) -> str:
        text = self.message
        if own is not None and own != "":
            _MESSAGE.check(own)
            text = str.__str__(cast("str", own))
            self.limits.check_text("Message", text)
        if text is None:
            raise Refused("the row has no text of its own, and there is no other")
        if "[[" in text:
            fields, most = needs(text)
            if self.files is not None and most > self.files:
                raise Refused(f"[[File{most}]] needs a file that isn't there")
            without = [name for name in fields if name not in ready]
            # What an address book has of a contact or a group is the provider's to know.
            if without and KEYS[0] in ready:
                raise Refused(f"no value of {', '.join(f'[[{name}]]' for name in without)}")
        return text


@functools.lru_cache(maxsize=256)
def needs(text: str) -> tuple[tuple[str, ...], int]:
    """Return the fields that a text needs, by wire name, and the highest file it links to."""
    kinds = distinct(text)
    files = [int(name.removeprefix("File")) for name, kind in kinds.items() if kind is Kind.FILE]
    fields = tuple(name for name, kind in kinds.items() if kind is Kind.FIELD)
    return fields, max(files, default=0)


def _plain(row: object, version: Version) -> tuple[dict[str, object], object]:
    """Return the fields of a row by wire name in the order in which they are sent, and its text."""
    if type(row) is str:
        return {KEYS[0]: row}, None
    mapping = as_mapping(row)
    if mapping is not None:
        shape = shape_of(tuple(mapping))
        if shape.unknown:
            raise Refused("has a column of no known field")
        if shape.twice:
            raise Refused(f"has more than one column for {shape.twice[0]}")
        own = None if shape.message is None else mapping[shape.message]
        fields = zip(shape.names, [mapping[column] for column in shape.columns], strict=True)
        return dict(fields), own
    if not _is_somebody(row):
        raise Refused(f"is of type {type(row).__name__}")
    (one,) = destinations_of([row], version)
    return {wire: getattr(one, attribute) for wire, attribute in NAMES.items()}, None


def as_mapping(row: object) -> Mapping[str, Any] | None:
    """Return a row as a mapping if it is one, or can be made one, such as ``sqlite3.Row``."""
    if type(row) is dict or isinstance(row, Mapping):
        return cast("Mapping[str, Any]", row)
    return dict(cast("Mapping[str, Any]", row)) if hasattr(row, "keys") else None


def _is_somebody(row: object) -> TypeGuard[str | Destination | Contact | Group]:
    from bestsms.api import Contact, Group  # noqa: PLC0415 - see the imports

    return isinstance(row, str | Destination | Contact | Group)


def _recipient(fields: Mapping[str, object]) -> tuple[str, str]:
    given: list[tuple[str, str]] = []
    for name in KEYS:
        value = fields.get(name)
        if value is not None:
            _TEXTS[name].check(value)
            if (text := str.__str__(cast("str", value))).strip():
                given.append((name, text))
    if len(given) == 1:
        return given[0]
    if given:
        raise Refused(f"takes one of {', '.join(name for name, _ in given)}")
    raise Refused(_NO_KEY)


def _named(row: object) -> str:
    """Return whom a row that is refused names, as far as it can be told."""
    try:
        fields, _ = _plain(row, "2.04")
    except (InvalidRequest, Refused):
        return ""
    return next((each for name in KEYS if isinstance(each := fields.get(name), str) and each), "")
