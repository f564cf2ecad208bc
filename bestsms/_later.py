"""Parts of a client that are loaded when they are first asked for.

The areas of the address book are a fifth of what there is to import, and most programs only send.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Generic, NoReturn, Protocol, TypeVar, overload

__all__ = ["HasParts", "Later"]

T = TypeVar("T")


class HasParts(Protocol):
    """What has parts that come later."""

    @property
    def _parts(self) -> dict[str, Any]:
        """The parts that were asked for, by name."""
        ...

    def _make(self, name: str, kind: type[Any]) -> Any:
        """Make the part of that name."""
        ...


class Later(Generic[T]):
    """An attribute that is there from the first time it is read, and can't be set.

    Args:
        where: Module and class: ``bestsms.api.contacts:Contacts``.
    """

    __slots__ = ("_name", "_where")

    def __init__(self, where: str) -> None:
        self._where = where

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Later[T]: ...
    @overload
    def __get__(self, instance: HasParts, owner: type) -> T: ...
    def __get__(self, instance: HasParts | None, owner: type) -> Later[T] | T:
        if instance is None:
            return self
        parts = instance._parts  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        if self._name not in parts:
            module, _, name = self._where.partition(":")
            kind = getattr(import_module(module), name)
            made = instance._make(self._name, kind)  # pyright: ignore[reportPrivateUsage]
            # Two threads may come here at once; the first one's stays.
            parts.setdefault(self._name, made)
        found: T = parts[self._name]
        return found

    def __set__(self, instance: HasParts, value: object) -> NoReturn:
        raise AttributeError(f"{self._name} can't be set")
