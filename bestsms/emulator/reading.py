"""Reading decoded JSON that may hold anything at all: values of a wrong shape are refused."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, TypeGuard

from bestsms.emulator.errors import bad_syntax


class Fields:
    """A JSON object whose values are read by name and expected shape.

    Null, an absent key and (for text) a blank are one and the same: absent (T43, T45).
    Unknown keys are never looked at.

    Args:
        value: The decoded JSON value; anything but an object is refused.
        path: Where it stands, for the error text; empty for the whole body.
    """

    def __init__(self, value: Any, path: str = "") -> None:
        if not isinstance(value, dict):
            raise bad_syntax(f"{path} must be an object" if path else None)
        self._values: dict[str, Any] = value
        self._path = path

    def has(self, name: str) -> bool:
        """Say whether the key is there and not null."""
        return self._values.get(name) is not None

    def lacks(self, names: Collection[str]) -> bool:
        """Say whether none of these keys is there; cheaper than asking for each."""
        return self._values.keys().isdisjoint(names)

    def value(self, name: str) -> Any:
        """Return the raw value, None when absent."""
        return self._values.get(name)

    def text(self, *names: str) -> str:
        """Return the first non-blank text under those names, or an empty string."""
        for name in names:
            value = self._values.get(name)
            if value is None:
                continue
            if not isinstance(value, str):
                raise bad_syntax(f"{self.at(name)} must be a string")
            if value.strip():
                return value
        return ""

    def given(self, *names: str) -> str | None:
        """Return the text under the first of those names, blanks kept (U34), None when absent."""
        for name in names:
            if self.has(name):
                self.text(name)  # refuses what is no text
                return str(self._values[name])
        return None

    def flag(self, name: str) -> bool:
        """Return a boolean; the words true and false will do, absent is false (T47)."""
        value = self._values.get(name)
        word = value.strip().lower() if isinstance(value, str) else value
        if word in (None, "", "false") or word is False:
            return False
        if word == "true" or word is True:
            return True
        raise bad_syntax(f"{self.at(name)} must be true or false")

    def items(self, name: str) -> list[Any]:
        """Return an array, empty when absent."""
        value = self._values.get(name)
        if value is None:
            return []
        if not is_list(value):
            raise bad_syntax(f"{self.at(name)} must be an array")
        return value

    def objects(self, name: str) -> Iterator[Fields]:
        """Yield the objects of an array."""
        for index, item in enumerate(self.items(name)):
            yield Fields(item, f"{self.at(name)}[{index}]")

    def at(self, name: str) -> str:
        """Return the path of a key, for an error text."""
        return f"{self._path}.{name}" if self._path else name


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Say whether a value is an array."""
    return isinstance(value, list)


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Say whether a value is an object."""
    return isinstance(value, dict)
