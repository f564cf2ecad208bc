"""A pytest plugin: a local BestSMS for every test that asks for one.

Installed with the package, so a test only names the fixture (extra ``emulator``):

.. code-block:: python

    def test_the_customer_is_told(bestsms_emulator):
        with bestsms.SyncClient("any-token", base_url=bestsms_emulator.url) as client:
            client.send("Your order is ready.", to="+61421000001")
        assert bestsms_emulator.ledger()[0]["count"] == 1

No account is needed, and nobody's phone rings. Webhooks are really posted, to whatever callback URL
the code under test gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bestsms.emulator import Emulator

__all__ = ["bestsms_emulator"]


@pytest.fixture
def bestsms_emulator() -> Iterator[Emulator]:
    """A fresh local BestSMS on a free loopback port (``.url``); any token is good."""
    # Starlette and uvicorn are loaded only when a test asks.
    from bestsms.emulator import Emulator  # noqa: PLC0415

    emulator = Emulator()
    with emulator.serve():
        yield emulator
