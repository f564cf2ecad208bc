"""Everything one emulator remembers, and the moment it is living in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from itertools import count
from secrets import token_hex

from attrs import define, field

from bestsms.emulator.clock import Clock
from bestsms.emulator.core.agenda import Agenda
from bestsms.emulator.core.records import (
    Attempt,
    Callback,
    Contact,
    Group,
    Job,
    Received,
    Recipient,
    Rule,
)
from bestsms.emulator.faults.book import Book
from bestsms.emulator.numbers import normalise
from bestsms.emulator.settings import Settings

Plan = Callable[[], object]


@define(eq=False)
class Store:
    """The state of one emulator; ``reset`` throws it away for a new one."""

    jobs: list[Job] = field(factory=list[Job])
    by_message_id: dict[str, list[Job]] = field(factory=lambda: defaultdict[str, list[Job]](list))
    by_number: dict[str, list[tuple[Job, Recipient]]] = field(
        factory=lambda: defaultdict[str, list[tuple[Job, Recipient]]](list)
    )
    received: list[Received] = field(factory=list[Received])
    contacts: dict[str, Contact] = field(factory=dict[str, Contact])
    groups: dict[str, Group] = field(factory=dict[str, Group])
    opt_outs: dict[str, datetime] = field(factory=dict[str, datetime])
    rules: dict[str, Rule] = field(factory=dict[str, Rule])
    recent: dict[tuple[str, str, str], datetime] = field(
        factory=dict[tuple[str, str, str], datetime]
    )
    outgoing: Agenda[Callback] = field(factory=Agenda[Callback])
    attempts: list[Attempt] = field(factory=list[Attempt])
    agenda: Agenda[Plan] = field(factory=Agenda[Plan])
    faults: Book = field(factory=Book)
    _serials: count[int] = field(factory=lambda: count(1))
    _job_nums: set[str] = field(factory=set[str])

    def next_serial(self) -> int:
        """Return the next integer id of a received message (2.03)."""
        return next(self._serials)

    def new_job_num(self) -> str:
        """Return 8 alphanumerics that no other job has (T72)."""
        while (job_num := token_hex(4).upper()) in self._job_nums:
            pass
        self._job_nums.add(job_num)
        return job_num

    def add_job(self, job: Job) -> None:
        """Remember an accepted send: by MessageID, which is the ledger, and by number."""
        self.jobs.append(job)
        self.by_message_id[job.message_id].append(job)
        for recipient in job.recipients:
            self.by_number[recipient.destination].append((job, recipient))

    def contact_of(self, number: str) -> str:
        """Return the ContactID whose MobilePhone is that number, or an empty string."""
        for contact in self.contacts.values():
            if normalise(contact.fields.get("MobilePhone", "")) == number:
                return contact.contact_id
        return ""


@define(eq=False)
class World:
    """What every part of the engine shares.

    ``moment`` is set while a plan runs: then "now" is when it was due, not when somebody
    looked, so that one long ``advance`` and many short ones give the same times.
    """

    settings: Settings
    clock: Clock
    store: Store = field(factory=Store)
    moment: datetime | None = None

    def now(self) -> datetime:
        """Return the emulated time of whatever is going on."""
        return self.moment or self.clock.now()

    def settle(self) -> None:
        """Let everything happen that is due by now, each at its own moment."""
        now = self.clock.now()
        while due := self.store.agenda.pop_due(now):
            self.moment, action = due
            try:
                action()
            finally:
                self.moment = None
