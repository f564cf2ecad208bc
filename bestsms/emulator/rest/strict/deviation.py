"""How strict mode says what it will not bear."""

from __future__ import annotations

from bestsms.emulator.errors import Refused

_SHOWN = 60


def deviation(text: str, *, status: int = 400) -> Refused:
    """Spell a refusal.

    Args:
        text: What deviates and where that is held; never a value, which may be a person's.
        status: HTTP code.
    """
    return Refused(f"Strict: {text}", status=status)


def shown(name: str) -> str:
    """Return a name that the caller made up, cut to what fits into a line."""
    return ascii(name[:_SHOWN])
