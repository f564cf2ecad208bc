"""The rules that values keep in strict mode, each a function of a value and where it stands."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from bestsms.emulator.reading import is_list, is_object
from bestsms.emulator.rest.strict.deviation import deviation, shown

Rule = Callable[[Any, str], None]
"""Raises ``Refused`` where a value deviates."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def text(value: Any, path: str) -> None:
    """Let any text pass, a blank one too."""
    if value is None:
        raise deviation(f"{path} is null; leave it out (T43)")
    if not isinstance(value, str):
        raise deviation(f"{path} is a text (1.1, 1.2)")


def filled(value: Any, path: str) -> None:
    """Let text pass that is not blank."""
    text(value, path)
    if not value.strip():
        raise deviation(f"{path} is blank; leave it out (T45)")


def at_most(length: int, *, source: str) -> Rule:
    """Return a rule for texts of so many characters or fewer."""

    def check(value: Any, path: str) -> None:
        text(value, path)
        if len(value) > length:
            raise deviation(f"{path} has at most {length} characters ({source})")

    return check


def like(pattern: str, words: str, *, blank: bool = False) -> Rule:
    """Return a rule for texts of a pattern.

    Args:
        pattern: The whole of the text.
        words: What it asks for and where that is held, for the refusal.
        blank: Whether an empty text will do as well.
    """
    compiled = re.compile(pattern, re.ASCII)

    def check(value: Any, path: str) -> None:
        if blank and value == "":
            return
        filled(value, path)
        if not compiled.fullmatch(value):
            raise deviation(f"{path} is {words}")

    return check


def one_of(*allowed: str, source: str, blank: bool = False) -> Rule:
    """Return a rule for a set of texts in this very spelling."""
    words = f"one of {', '.join(allowed)}, spelt so ({source})"
    return like("|".join(map(re.escape, allowed)), words, blank=blank)


def true(value: Any, path: str) -> None:
    """Let only true pass: false is what an absent flag says (T47)."""
    if value is not True:
        raise deviation(f"{path} is true, or left out (T47)")


def in_base64(value: Any, path: str) -> None:
    """Let base64 pass that holds something."""
    filled(value, path)
    try:
        base64.b64decode(value, validate=True)
    except ValueError:
        raise deviation(f"{path} is base64 (1.1.1)") from None


def old_group_code(value: Any, path: str) -> None:
    """Let a GroupCode pass, which is all that 2.03 knows a group by."""
    filled(value, path)
    if _UUID.fullmatch(value):
        raise deviation(f"{path} is a GroupCode in 2.03, not a GroupID (T3, T4)")


MESSAGE_ID = like("[A-Za-z0-9-]{1,40}", "1 to 40 letters, digits and hyphens (T31)")
LOCAL_TIME = like(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d",
    "a local time as YYYY-MM-DDTHH:mm:ss, without an offset (T37)",
)
TIME_ZONE = one_of(
    *("New Zealand", "AUS Eastern", "E. Australia"),
    *("W. Australia", "Cen. Australia", "Central Pacific"),
    source="T22, 2.3",
)


@frozen
class Shape:
    """An object: the fields that it may have, and what the wrong names are a sign of.

    Args:
        fields: A rule by name.
        source: Which section lists them.
        wrong: What is right instead, by a name that is seen but wrong.
        needs: The field without which another has no meaning, and where that is held.
    """

    fields: Mapping[str, Rule]
    source: str
    wrong: Mapping[str, str] = field(factory=dict[str, str])
    needs: Mapping[str, tuple[str, str]] = field(factory=dict[str, tuple[str, str]])

    def check(self, value: dict[str, Any], path: str) -> None:
        """Check every key and every value of an object.

        Raises:
            Refused: One of them deviates.
        """
        for name, content in value.items():
            where = f"{path}.{name}" if path else name
            rule = self.fields.get(name)
            if rule is None:
                where = f"{path}.{shown(name)}" if path else shown(name)
                raise deviation(f"{where} is no field here: {self._instead(name)}")
            rule(content, where)
        for name, (other, source) in self.needs.items():
            if name in value and other not in value:
                raise deviation(f"{path}.{name} goes with a {other} ({source})")

    def _instead(self, name: str) -> str:
        if name in self.wrong:
            return self.wrong[name]
        folded = {known.lower(): known for known in self.fields}
        if name.lower() in folded:
            return f"{folded[name.lower()]} is its spelling ({self.source})"
        return f"see the table of {self.source} (T43)"


def one(shape: Shape) -> Rule:
    """Return a rule for an object of a shape."""

    def check(value: Any, path: str) -> None:
        if not is_object(value):
            raise deviation(f"{path} is an object ({shape.source})")
        shape.check(value, path)

    return check


def each(shape: Shape, *, most: int | None = None) -> Rule:
    """Return a rule for an array of objects of one shape, of which there may be so many."""

    def check(value: Any, path: str) -> None:
        if not is_list(value):
            raise deviation(f"{path} is an array (1.1.1)")
        if most is not None and len(value) > most:
            raise deviation(f"{path} holds at most {most} ({shape.source})")
        for index, item in enumerate(value):
            if not is_object(item):
                raise deviation(f"{path}[{index}] is an object (T44)")
            shape.check(item, f"{path}[{index}]")

    return check
