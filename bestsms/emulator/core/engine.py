"""The engine: every part of the emulator put together; synchronous, and without any I/O."""

from __future__ import annotations

from datetime import datetime
from threading import RLock
from typing import Any

from bestsms.emulator.clock import Clock
from bestsms.emulator.core import outcomes
from bestsms.emulator.core.address_book import AddressBook
from bestsms.emulator.core.delivery import Delivery
from bestsms.emulator.core.inbound import Inbound
from bestsms.emulator.core.outbox import Outbox
from bestsms.emulator.core.records import Job, Received, RecipientStatus, Rule
from bestsms.emulator.core.sending import Sending, read_send_time, zone_of
from bestsms.emulator.core.store import Store, World
from bestsms.emulator.errors import EmulatorError, Refused
from bestsms.emulator.numbers import normalise
from bestsms.emulator.settings import Settings

NOT_FOUND = "Message not found"


class Engine:
    """One emulated account.

    Every use goes through ``with engine.lock:``, so that the server's thread and a test's
    thread never meet inside. ``settle`` first, then ask.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.lock = RLock()
        self._first_settings = settings
        self.world = World(settings, clock)
        self.book = AddressBook(self.world)
        self._outbox = Outbox(self.world)
        self._inbound = Inbound(self.world, self._outbox)
        self.delivery = Delivery(self.world, self._inbound, self._outbox)
        self.sending = Sending(self.world, self.book, self.delivery)

    @property
    def settings(self) -> Settings:
        """The switches in force."""
        return self.world.settings

    @property
    def store(self) -> Store:
        """Everything remembered since the last reset."""
        return self.world.store

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        self.world.settle()

    def advance(self, seconds: float) -> None:
        """Move the clock and let everything happen that is due by then.

        Raises:
            EmulatorError: The step is negative, not finite or too large.
        """
        self.world.clock.advance(seconds)
        self.settle()

    def reset(self) -> None:
        """Go back to how the emulator started: no data, its first settings, its first time."""
        self.world.store = Store()
        self.world.settings = self._first_settings
        self.world.clock.reset()

    def change_settings(self, changes: dict[str, Any]) -> Settings:
        """Change some switches, all or none.

        Raises:
            EmulatorError: A name or a value is unknown.
        """
        self.world.settings = self.settings.changed(changes)
        return self.settings

    def job(self, message_id: str) -> Job:
        """Return the most recent job of a MessageID that reports know by now (T90, U3).

        Raises:
            Refused: There is none; the HTTP code is the ``unknown_message_status`` setting.
        """
        now = self.world.now()
        for job in reversed(self.store.by_message_id.get(message_id, ())):
            if job.visible_at <= now:
                return job
        raise Refused(NOT_FOUND, status=self.settings.unknown_message_status, message_id=message_id)

    def send_time(self, job: Job, written: str, zone: str) -> datetime | None:
        """Read the SendTime of an action: in the named zone, else the message's own (T46).

        Raises:
            Refused: It is in none of the accepted forms.
        """
        named = self.sending.zone_name(zone) if zone else job.zone
        return read_send_time(written, zone_of(named))

    def receive(self, from_: str, message: str, *, unmatched: bool = False) -> Received:
        """Let a phone send a message.

        Raises:
            EmulatorError: ``from_`` is no telephone number, or the text no text.
        """
        return self._inbound.receive(_number(from_), printable(message), unmatched=unmatched)

    def update(self, message_id: str, event: str) -> None:
        """Tell of an event after delivery, once per recipient (T93); no sample of it exists.

        Raises:
            EmulatorError: There is no such message, or the event is no text.
        """
        jobs = self.store.by_message_id.get(message_id)
        if not jobs:
            raise EmulatorError(f"no such message: {message_id!r}")
        self._outbox.interim(jobs[-1], "Updated", printable(event))

    def set_destination(self, destination: str, rule: Rule) -> str:
        """Lay down what becomes of messages to a number, waiting ones included.

        A result other than ``blacklisted`` also takes the number off the opt-out list.

        Returns:
            The number in E.164.

        Raises:
            EmulatorError: The number or the result is unknown.
        """
        number = _number(destination)
        outcome = outcomes.outcome(rule.result)
        self.store.rules[number] = rule
        if outcome is not outcomes.BLACKLISTED:
            self.store.opt_outs.pop(number, None)
        if outcome.status is not RecipientStatus.PENDING:
            self.delivery.free(number)
            self.settle()
        return number


def printable(text: str) -> str:
    """Return a text that can be put into an answer.

    Raises:
        EmulatorError: It holds half a surrogate pair, which no UTF-8 can spell.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise EmulatorError("a message cannot hold half a surrogate pair") from None
    return text


def _number(text: str) -> str:
    number = normalise(text)
    if number is None:
        raise EmulatorError(f"not a telephone number: {text!r}")
    return number
