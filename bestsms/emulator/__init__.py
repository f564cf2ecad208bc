"""A local BestSMS: every documented call of 2.03 and 2.04, with a memory and a clock.

In this process::

    from bestsms.emulator import Clock, Emulator

    emulator = Emulator(token="test-token", clock=Clock.frozen("2025-06-04T00:00:00Z"))
    async with httpx.AsyncClient(transport=emulator.transport()) as client:
        ...

or behind a port, from sync and async tests alike::

    with Emulator(token="test-token").serve() as url:
        ...

It speaks JSON and XML. With ``Emulator(strict=True)`` it refuses whatever deviates from
the reference and says what, where else it bears with all that the API is known to bear
with; ``BESTSMS_EMULATOR_STRICT=1`` says so for every emulator of a test suite.

Then ``emulator.advance(60)`` moves time, ``emulator.reply(...)`` lets a phone answer,
``emulator.set_destination(...)`` decides what becomes of a number, ``emulator.ledger()``
counts what was accepted, and ``await emulator.deliver_callbacks()`` posts due webhooks
(a served emulator does so by itself). ``emulator.inject(Fault(...))`` lets a connection
or an answer break, in-process as behind a port. ``control`` lists the same as HTTP under
``/_emulator/``, ``magic`` the numbers with a fixed fate, ``Settings`` the switches.

It is an independent reading of the wire facts: nothing here imports the client.
"""

from __future__ import annotations

from bestsms.emulator.clock import Clock
from bestsms.emulator.emulator import Emulator
from bestsms.emulator.errors import EmulatorError
from bestsms.emulator.faults.fault import Fault
from bestsms.emulator.settings import Settings

__all__ = ["Clock", "Emulator", "EmulatorError", "Fault", "Settings"]
