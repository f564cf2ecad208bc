"""A pytest plugin: a local BestSMS for every test that asks for one.

Installed with the package, so a test only names the fixture (extra ``emulator``):

.. code-block:: python

    def test_the_customer_is_told(bestsms_emulator):
        with bestsms.SyncClient("any-token", base_url=bestsms_emulator.url) as client:
            client.send("Your order is ready.", to="+61421000001")
        assert bestsms_emulator.ledger()[0]["count"] == 1

No message leaves this machine, no account is needed, and nobody's phone rings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bestsms.emulator import Emulator

__all__ = ["LocalBestSMS", "bestsms_emulator"]


class LocalBestSMS:
    """An emulator behind a port of its own, for one test.

    Attributes:
        url: The base URL for a client.
        emulator: The emulator itself: its clock, phones and switches.
    """

    def __init__(self, url: str, emulator: Emulator) -> None:
        self.url = url
        self.emulator = emulator

    def ledger(self) -> list[dict[str, object]]:
        """Return every accepted MessageID with the number of sends accepted under it."""
        return self.emulator.ledger()

    def reply(self, from_: str, message: str) -> None:
        """Let a phone send a message."""
        self.emulator.reply(from_, message)

    def advance(self, seconds: float) -> None:
        """Move the emulated clock by seconds: deliveries up to then happen now."""
        self.emulator.advance(seconds)


@pytest.fixture
def bestsms_emulator() -> Iterator[LocalBestSMS]:
    """A fresh local BestSMS on a free loopback port; any token is good."""
    # Only when asked for: the plugin is loaded by every pytest run on the machine.
    from bestsms.emulator import Emulator  # noqa: PLC0415

    emulator = Emulator()
    with emulator.serve() as url:
        yield LocalBestSMS(url, emulator)
