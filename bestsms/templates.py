"""Templates: what a text's placeholders need, and text from outside that must not hold any.

The provider fills in whatever stands between ``[[`` and ``]]``, no matter who wrote it (E19).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bestsms._placeholders import FIELDS, Kind, Placeholder, distinct, placeholders
from bestsms.api import Destination
from bestsms.errors import InvalidRequest

__all__ = ["Kind", "Placeholder", "escape", "missing", "placeholders", "require_values"]

# Beside the two brackets, those that a character conversion may turn into them.
_HARMLESS: Final = str.maketrans(
    dict.fromkeys("[\N{FULLWIDTH LEFT SQUARE BRACKET}\ufe47\u27e6\u301a", "(")
    | dict.fromkeys("]\N{FULLWIDTH RIGHT SQUARE BRACKET}\ufe48\u27e7\u301b", ")")
)
_NAMED: Final = 5
"""How many missing files an error names."""


def escape(text: str) -> str:
    """Make a text from outside unable to be, or to become part of, a placeholder.

    Put whole values through it, then put them into your text: no name, order or comment of a
    stranger then pulls a field, a link, ``[[REPLY]]`` or ``[[STOP]]`` (E19). Square brackets become
    round ones, alone too: the references have no way to escape them, and two values that are
    harmless apart could make a placeholder together. Doing it twice does no more than once.

    Example:
        >>> from bestsms.templates import escape
        >>> name = "[[Company]] [VIP]"
        >>> f"Hi {escape(name)}, your order [[Custom1]] is ready"
        'Hi ((Company)) (VIP), your order [[Custom1]] is ready'

    Args:
        text: A value from outside. It must not become the name of a placeholder, which is between
            brackets of your own.
    """
    return text.translate(_HARMLESS)


def missing(
    text: str, destination: Destination | str | None = None, files: int = 0
) -> tuple[str, ...]:
    """Return the names of a text's placeholders that have no value.

    Example:
        >>> from bestsms import Destination
        >>> from bestsms.templates import missing
        >>> jess = Destination(recipient="+61421000001", first_name="Jess")
        >>> missing("Hi [[FirstName]] of [[Company]], see [[File1]]", jess)
        ('Company', 'File1')

    Args:
        text: A message's text.
        destination: Who gets it. A field that is ``""`` is blank on purpose, and not missing. The
            values of a contact or a group are the provider's to know, and so is any of ``None``.
        files: How many files go with it.

    Returns:
        Each name once, in the order of the text. Links, keywords and unknown names need no value.
    """
    return tuple(
        name
        for name, kind in distinct(text).items()
        if (kind is Kind.FIELD and _lacks(destination, name)) or _is_unattached(name, kind, files)
    )


def require_values(text: str, destinations: Iterable[object], files: int) -> None:
    """Refuse a message with a placeholder that has no value: the text would go out with a hole.

    Args:
        text: The message's text.
        destinations: Who gets it. What is neither a number nor a :class:`~bestsms.Destination` is
            not looked at: it is refused elsewhere.
        files: How many files go with it.

    Raises:
        InvalidRequest: A file or a personal field is missing.
    """
    names = distinct(text)
    unattached = [name for name, kind in names.items() if _is_unattached(name, kind, files)]
    if unattached:
        named = ", ".join(f"[[{name}]]" for name in unattached[:_NAMED])
        raise InvalidRequest(
            "Message",
            f"{named} needs a file that isn't there: files= holds {files}, and [[File1]] is its "
            "first",
            size=files,
        )
    fields = [name for name, kind in names.items() if kind is Kind.FIELD]
    if not fields:
        return
    lacking = dict.fromkeys(fields, 0)
    count, first = 0, None
    for count, each in enumerate(destinations, 1):
        for name in fields:
            if _lacks(each, name):
                lacking[name] += 1
                first = count - 1 if first is None else first
    if first is None:
        return
    without = {name: lacks for name, lacks in lacking.items() if lacks}
    named = ", ".join(f"[[{name}]] for {lacks}" for name, lacks in without.items())
    attributes = ", ".join(f"{FIELDS[name]}=" for name in without)
    raise InvalidRequest(
        "Message",
        f"has no value of {named} of {count} destination{'s' if count != 1 else ''}, first of item "
        f'{first}; give each a Destination with {attributes} (which may be "")',
        size=max(without.values()),
    )


def _is_unattached(name: str, kind: Kind, files: int) -> bool:
    return kind is Kind.FILE and int(name.removeprefix("File")) > files


def _lacks(destination: object, name: str) -> bool:
    """Say whether a receiver has no value of a field, as far as can be known here."""
    if not isinstance(destination, Destination):
        # A number, and nothing more; the key of a contact or a group is a text of another class.
        return type(destination) is str
    if destination.contact_id or destination.group_id or destination.group_code:
        return False
    return getattr(destination, FIELDS[name]) is None
