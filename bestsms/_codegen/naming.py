"""Names: from the wire to Python by one convention, with the way back asserted."""

from __future__ import annotations

from bestsms._wire.model import query_name, wire_name

__all__ = ["DescriptionError", "attribute_name", "snake"]


class DescriptionError(ValueError):
    """The description holds something that the generator does not know."""


def attribute_name(wire: str, given: str | None, *, query: bool) -> str:
    """Return the Python name of a wire name, and assert the way back.

    Args:
        wire: The name on the wire.
        given: The ``x-name`` of the description, if it has one.
        query: Whether it is a query parameter, which is spelled lower camel.

    Raises:
        DescriptionError: The name does not lead back to the wire, or ``x-name`` is not needed.
    """
    convention = wire_name if not query else query_name
    name = given or snake(wire)
    if (convention(name) == wire) is (given is not None):
        raise DescriptionError(
            f"{wire}: x-name {given!r} is not needed" if given else f"{wire}: needs an x-name"
        )
    return name


def snake(wire: str) -> str:
    """Return the convention's name: ``MessageID`` is ``message_id``."""
    words: list[str] = []
    for index, character in enumerate(wire):
        new = character.isupper() and (
            not words
            or not wire[index - 1].isupper()
            or (index + 1 < len(wire) and wire[index + 1].islower())
        )
        if new or not words:
            words.append("")
        words[-1] += character.lower()
    name = "_".join(words)
    return f"{name}_" if name == "from" else name
