"""Campaigns that reach nobody: what was accepted as one must not count for the real run."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from bestsms._settings import is_loopback
from bestsms.bulk.naming import same_name

__all__ = ["mark", "marked"]

# With a line's end, which no name has that a person types.
TEST: Final = "\ntest"
LOCAL: Final = "\nlocal"


def mark(*, test: bool, base_url: str) -> str:
    r"""Return what stands behind the name of a campaign, wherever it is compared.

    Of a URL only this machine counts, where an emulator is: a proxy's name, or another host of the
    provider's, must not make everybody new.

    Args:
        test: Whether it is sent in test mode.
        base_url: Where it is sent to.

    Example:
        >>> mark(test=False, base_url="https://api.bestsms.com.au")
        ''
        >>> mark(test=True, base_url="http://127.0.0.1:8025")
        '\ntest\nlocal'
    """
    host = urlsplit(base_url).hostname or ""
    return (TEST if test else "") + (LOCAL if is_loopback(host) else "")


def marked(campaign: str, behind: str) -> str:
    """Return the name of a campaign with its mark.

    Raises:
        InvalidRequest: The name is no text, blank or too long.
    """
    same_name(campaign)
    return campaign.strip() + behind
