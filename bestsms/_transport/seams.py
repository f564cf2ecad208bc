"""Where mocks and instruments get between a library and the network, and whether one did."""

from __future__ import annotations

from operator import attrgetter, is_
from types import FunctionType, ModuleType
from typing import Any, Final, cast

__all__ = ["Seams"]

_LIBRARIES: Final = frozenset({"httpx", "httpcore"})


class Seams:
    """Classes and methods of one module, by what they were when they were first seen as they are.

    Args:
        names: Where each is found, from the module on: ``AsyncClient.send``; two at least.
    """

    __slots__ = ("_found", "_own")

    def __init__(self, *names: str) -> None:
        self._found = attrgetter(*names)
        self._own: tuple[object, ...] | None = None

    def are_replaced(self, module: ModuleType) -> bool:
        """Say whether any of them is not what the module itself made of it.

        They are compared by identity alone: what replaces them may be equal to anything, or have
        no hash.
        """
        try:
            now: tuple[object, ...] = self._found(module)
        except AttributeError:
            return True
        if self._own is None:
            # A mock that was there before us is no measure of what comes after it.
            if not all(map(_is_original, now)):
                return True
            self._own = now
        return not all(map(is_, now, self._own))


def _is_original(found: object) -> bool:
    """Say whether this is a library's own function or class, whatever it says of itself."""
    if type(found) is type:
        found = vars(cast("type[Any]", found)).get("__init__")
    # A wrapper takes on names, but it can't take on the globals it was written among.
    return (
        type(found) is FunctionType
        and str(found.__globals__.get("__name__")).partition(".")[0] in _LIBRARIES
    )
