"""The faults laid down, in order: whom each may strike, and how often it did."""

from __future__ import annotations

from collections.abc import Collection
from random import Random

from attrs import define, field

from bestsms.emulator.faults.fault import Fault


@define(eq=False)
class Laid:
    """A fault in force.

    Args:
        number: Its place in the order; the id that the control API tells.
        fault: What was injected.
        met: How many requests (at accept: connections) it could have struck.
        struck: How many it did strike.
    """

    number: int
    fault: Fault
    met: int = 0
    struck: int = 0
    _random: Random = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Give each fault a chance of its own: with one for all, the second draws the same."""
        self._random = Random(f"{self.fault.seed} {self.number}")  # noqa: S311 - a test's dice

    def meet(self) -> bool:
        """Count one more that fits, and say whether this is one to strike."""
        self.met += 1
        lucky = self._random.random() >= self.fault.probability
        return not lucky and self.fault.nth in (None, self.met)

    def strike(self) -> bool:
        """Take one of its turns; False when it has had them all."""
        if self.fault.times is not None and self.struck >= self.fault.times:
            return False
        self.struck += 1
        return True


class Book:
    """All faults of one emulator; the first laid down strikes first.

    A request is counted by every fault that it fits, whichever strikes it: so ``nth=1`` of one
    fault and ``nth=2`` of another are the first and the second request.
    """

    def __init__(self) -> None:
        self._laid: list[Laid] = []
        self.era = object()

    def __bool__(self) -> bool:
        return bool(self._laid)

    @property
    def laid(self) -> list[Laid]:
        """Every fault in force, in order."""
        return list(self._laid)

    def lay(self, fault: Fault) -> Laid:
        """Put a fault in force."""
        laid = Laid(len(self._laid) + 1, fault)
        self._laid.append(laid)
        return laid

    def clear(self) -> None:
        """Take every fault away; the next is number 1 again, with the same dice."""
        self._laid.clear()
        self.era = object()

    def at_accept(self) -> Fault | None:
        """Return the fault that strikes a new connection."""
        chosen = [laid for laid in self._laid if laid.fault.at == "accept" and laid.meet()]
        return next((laid.fault for laid in chosen if laid.strike()), None)

    def by_head(self, method: str, path: str) -> list[Laid]:
        """Return what may strike a request, as far as its method and path tell."""
        return [
            laid
            for laid in self._laid
            if laid.fault.at != "accept"
            and laid.fault.number is None
            and _fits(laid.fault, method, path)
            and laid.meet()
        ]

    def asks_numbers(self, method: str, path: str) -> bool:
        """Say whether a request's numbers must be known."""
        return any(
            laid.fault.number is not None and _fits(laid.fault, method, path) for laid in self._laid
        )

    def by_number(self, method: str, path: str, numbers: Collection[str]) -> list[Laid]:
        """Return what may strike a send to these numbers because of one of them."""
        return [
            laid
            for laid in self._laid
            if laid.fault.number in numbers and _fits(laid.fault, method, path) and laid.meet()
        ]


def _fits(fault: Fault, method: str, path: str) -> bool:
    return (fault.method is None or fault.method.upper() == method.upper()) and (
        fault.path is None or fault.path.casefold() in path.casefold()
    )
