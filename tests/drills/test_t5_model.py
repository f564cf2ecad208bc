"""Drill T5: sends, faults, crashes, recoveries and waits in any order, and the model holds.

The provider and the client are real code without a network, in virtual time; hypothesis chooses
what happens. The ledger is what the provider accepted; the model is what follows from the faults
that the attempts met; the verdicts and the journal are what the client believes.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import tempfile
import uuid
from collections import deque
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from ledger.drill import FULL, NUMBER, TOKEN
from ledger.world import OLD, TIMEOUT, Step, World

from bestsms import AsyncClient, BestSMSError, InvalidRequest, OutcomeUnknown, Recovered, Verdict

WINDOW = 12.0
DEADLINE = 40.0
OWN = (*OLD, "MINE-0", "MINE-1", "MINE-2")
CLEAR = {
    "refuse": Verdict.NOT_SENT,
    "limit": Verdict.REJECTED,
    "reject": Verdict.REJECTED,
    "answer": Verdict.ACCEPTED,
}
HAPPENED_NOT = {Verdict.NOT_SENT, Verdict.REJECTED}

late = st.integers(0, int(WINDOW)).map(float)
maybe = st.none() | late
attempts = st.one_of(
    st.sampled_from(["refuse", "limit", "reject"]).map(Step),
    st.builds(Step, st.sampled_from(["reset", "stall", "error", "page", "die"]), maybe),
    st.just(Step("answer", 0.0)),
)
steps = st.lists(attempts, max_size=4)
looks = st.lists(
    st.sampled_from(["answer", "answer", "refuse", "reset", "stall", "error", "page", "die"]).map(
        Step
    ),
    max_size=6,
)


class Sending(RuleBasedStateMachine):
    """One program that sends, is killed, and starts again on the same journal."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("bestsms._transport.transport.Clock", lambda: self.world.clock)
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.journal = Path(self.folder.name, "journal")
        self.model: list[str] = []
        self.told: dict[str, Verdict] = {}
        self.unclear: list[OutcomeUnknown] = []
        self.world.at_death = self.die
        self.start()

    def start(self) -> None:
        """Begin a process: what it remembers is the journal."""
        self.patch.setattr("bestsms.journal.owners._PROCESS", uuid.uuid4().hex)
        self.client = AsyncClient(
            TOKEN,
            base_url="https://sms.example",
            timeout=TIMEOUT,
            deadline=DEADLINE,
            settle_window=WINDOW,
            journal=self.journal,
            transport=self.world,
        )
        self.unclear.clear()

    def die(self) -> None:
        """End the process: nothing of it is written any more, whatever its code does on the way."""
        register = self.client._sender.register
        assert register.journal is not None
        register.journal.close()
        register.journal = None

    def run(self, call: Coroutine[Any, Any, Any]) -> Any:
        """Make a call; ``None`` if the process was killed in it, and the next has begun."""
        try:
            return self.runner.run(call)
        except BestSMSError as error:
            return error
        except BaseException:
            if self.client._sender.register.journal is not None:
                raise
            self.start()
            return None

    def lay(self, steps: list[Step], looks: list[Step]) -> None:
        """Say what the next call meets."""
        self.world.steps, self.world.looks = deque(steps), deque(looks)
        self.world.posts.clear()

    def accepted(self) -> set[str]:
        """Return what the ledger holds, now or later."""
        return {message_id for message_id, _ in self.world.ledger}

    # -- what may happen ---------------------------------------------------------------------------

    @rule(own=st.none() | st.sampled_from(OWN), if_new=st.booleans(), steps=steps, looks=looks)
    def send(self, own: str | None, *, if_new: bool, steps: list[Step], looks: list[Step]) -> None:
        """Send a text, under an id of our own or not; perhaps one that was used before."""
        self.lay(steps, looks)
        used = self.told.get(own or "", Verdict.NOT_SENT) not in HAPPENED_NOT
        count = len(self.world.ledger)
        call = self.client.send("Hi", to=NUMBER, message_id=own, if_new=if_new and own is not None)
        end = self.run(call)
        posts, new = self.world.posts, self.world.ledger[count:]
        assert all(step.repeatable for step in posts[:-1])
        assert len(new) == sum(step.delay is not None for step in posts)
        self.model += [message_id for message_id, _ in new]
        if not posts:
            assert end is None or end.verdict is Verdict.NOT_SENT
            assert used or if_new
            assert isinstance(end, InvalidRequest) or if_new
            return
        assert not used
        message_id, verdict = own, Verdict.UNKNOWN
        if end is None:
            message_id = new[0][0] if new else own
        else:
            message_id = end.message_id
            verdict = getattr(end, "verdict", Verdict.ACCEPTED)
        self.follows(posts[-1], verdict, clear=not looks)
        if message_id:
            self.told[message_id] = verdict
        if isinstance(end, OutcomeUnknown):
            self.unclear.append(end)

    def follows(self, last: Step, verdict: Verdict, *, clear: bool) -> None:
        """Hold a verdict against what the last attempt met."""
        if last.how in CLEAR:
            assert verdict is CLEAR[last.how]
        elif last.how == "die":
            assert verdict is Verdict.UNKNOWN
        elif last.delay == 0.0 and clear:
            assert verdict is Verdict.ACCEPTED
        else:
            assert verdict in {Verdict.ACCEPTED, Verdict.UNKNOWN}

    @precondition(lambda self: self.unclear)
    @rule(which=st.integers(0, 9), looks=looks)
    def reconcile(self, which: int, looks: list[Step]) -> None:
        """Look a message up once more, by the error that its send raised."""
        self.lay([], looks)
        error = self.unclear[which % len(self.unclear)]
        verdict = self.run(error.reconcile())
        if verdict is Verdict.ACCEPTED:
            self.told[str(error.message_id)] = verdict
            self.unclear.remove(error)
        elif verdict is not None and not looks and error.message_id not in OLD:
            assert error.message_id not in self.accepted()

    @rule(looks=looks)
    def recover(self, looks: list[Step]) -> None:
        """Settle what is open."""
        self.lay([], looks)
        for each in self.run(self.client.recover()) or ():
            self.found(each, clear=not looks)

    def found(self, each: Recovered, *, clear: bool) -> None:
        """Hold what a recovery found against the ledger."""
        self.told[each.message_id] = each.verdict
        if each.absent:
            assert each.message_id not in self.accepted()
        elif clear and each.verdict is not Verdict.ACCEPTED:
            # An old message of the same id: nobody can say what became of the new one.
            assert each.message_id in OLD

    @rule(seconds=st.sampled_from([1, 5, 20, 100, 10_000]))
    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.world.at += seconds

    @rule()
    def crash(self) -> None:
        """Be killed between two calls."""
        self.die()
        self.start()

    # -- what is always so -------------------------------------------------------------------------

    @invariant()
    def the_model_is_the_ledger(self) -> None:
        """No message more, none less, none twice."""
        ids = [message_id for message_id, _ in self.world.ledger]
        assert ids == self.model
        assert len(ids) == len(set(ids))

    @invariant()
    def what_was_said_is_true(self) -> None:
        """Of every message, to the caller and in the journal."""
        accepted, rows = self.accepted(), self.rows()
        assert accepted <= rows.keys()
        told = [*self.told.items(), *((each, row[0]) for each, row in rows.items())]
        assert not [each for each, said in told if said in HAPPENED_NOT and each in accepted]
        assert not [
            each for each, said in told if said is Verdict.ACCEPTED and each not in accepted
        ]
        absent = {each for each, row in rows.items() if row == (Verdict.UNKNOWN, 1)}
        assert not absent & accepted

    def rows(self) -> dict[str, tuple[Verdict | None, int]]:
        """What the journal says: the verdict of each message, and whether it is settled."""
        if not self.journal.exists():
            return {}
        with contextlib.closing(sqlite3.connect(self.journal)) as file:
            rows = file.execute("SELECT message_id, verdict, settled FROM sends").fetchall()
        return {each: (verdict and Verdict[verdict], settled) for each, verdict, settled in rows}

    def teardown(self) -> None:
        """At last everything is settled, but for an id of which an old message is known."""
        try:
            self.lay([], [])
            self.crash()
            for each in self.run(self.client.recover()):
                self.found(each, clear=True)
            self.what_was_said_is_true()
            accepted = self.accepted()
            for message_id, (verdict, settled) in self.rows().items():
                assert settled or message_id in OLD
                assert (verdict is Verdict.ACCEPTED) is (message_id in accepted)
        finally:
            self.runner.run(self.client.aclose())
            self.runner.close()
            self.patch.undo()
            self.folder.cleanup()


TestSending = Sending.TestCase
TestSending.settings = settings(
    max_examples=1_000 if FULL else 40,
    stateful_step_count=20,
    # Which lines a failure went through takes minutes to find out, and says little here.
    phases=(Phase.generate, Phase.shrink),
    report_multiple_bugs=False,
)
