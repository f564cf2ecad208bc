"""Settling what the journal holds open, after a crash or an unclear outcome."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import anyio
import attrs

from bestsms._evidence import Verdict
from bestsms._transport import Transport
from bestsms.api import Report
from bestsms.errors import ConfigurationError
from bestsms.journal import Intent, JournalError
from bestsms.sending.looking import look_up
from bestsms.sending.register import Register

__all__ = ["Recovered", "recover", "settle"]

AT_ONCE: Final = 10
"""How many messages are looked up at the same time."""


@attrs.frozen(kw_only=True, eq=False)
class Recovered:
    """What became of a send that a crash, or an unclear outcome, had left open in the journal.

    Attributes:
        message_id: The send.
        begun: When it was about to be made, in UTC.
        verdict: ``ACCEPTED`` if the provider knows the message; else still ``UNKNOWN``.
        absent: Whether the provider was asked after the settle window and does not know it.
            That is as good as it gets: sending it again is likely right, and your decision.
        report: The report that knows it, if there is one.
    """

    message_id: str
    begun: datetime
    verdict: Verdict
    absent: bool = False
    report: Report | None = attrs.field(default=None, repr=False)


async def recover(transport: Transport, register: Register) -> list[Recovered]:
    """Look every open message of the journal up, and write down what is found.

    Raises:
        ConfigurationError: There is no journal, or it can't be read.
    """
    journal = register.journal
    if journal is None:
        raise ConfigurationError("recover: this client keeps no journal; make it with journal=.")
    from anyio import to_thread  # noqa: PLC0415 - few clients keep a journal

    now = transport.clock.now().timestamp()
    try:
        intents = await to_thread.run_sync(lambda: journal.open_intents(now=now))
    except JournalError as error:
        raise ConfigurationError(f"recover: {error}") from error
    found: dict[str, Recovered] = {}
    waiting = iter(intents)

    async def work() -> None:
        for intent in waiting:
            found[intent.message_id] = await settle(transport, register, intent)

    async with anyio.create_task_group() as tasks:
        for _ in range(AT_ONCE):
            tasks.start_soon(work)
    return [found[intent.message_id] for intent in intents]


async def settle(transport: Transport, register: Register, intent: Intent) -> Recovered:
    """Look one open message up, through what is left of its settle window.

    Raises:
        NotSent: The client is closed.
    """
    clock, settle_window = transport.clock, transport.settings.settle_window

    def age() -> timedelta:
        return timedelta(seconds=clock.now().timestamp() - intent.begun)

    # The last moment at which a byte of it may have left.
    now = clock.now().timestamp()
    last = intent.changed if intent.verdict else min(intent.ends, now)
    window = min(max(0.0, last + settle_window - now), settle_window)
    finding = await look_up(
        transport, intent.message_id, window=window, age=age if intent.given else None
    )
    verdict = Verdict.UNKNOWN if finding.report is None else Verdict.ACCEPTED
    if verdict is Verdict.ACCEPTED or finding.absent:
        # The process that sent it may have learnt more meanwhile.
        verdict = await register.write_verdict(intent.message_id, verdict, looked_up=True)
    return Recovered(
        message_id=intent.message_id,
        begun=datetime.fromtimestamp(intent.begun, UTC),
        verdict=verdict,
        absent=finding.absent and verdict is Verdict.UNKNOWN,
        report=finding.report,
    )
