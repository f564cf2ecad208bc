"""A provider whose messages have a course, and whose service has its bad spells."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any, Final

import anyio
import httpx

from waits.virtual import VirtualTime

__all__ = ["Course", "Provider", "Spell", "captive_portal", "dead", "limited", "refused", "slow"]

STATUS: Final = "/api/v2.04/get/status/"
REPLY: Final = "/api/v2.04/get/sms/reply/"
RECEIVED: Final = "/api/v2.04/get/sms/received"

Answer = Callable[[httpx.Request], httpx.Response]
Handler = Callable[[httpx.Request], Any]


@dataclass
class Course:
    """What becomes of one message.

    Attributes:
        final_at: When its state becomes final, in seconds of the virtual time.
        readable_at: Before that nobody knows the message.
        states: What it says until then: from when on, and which.
        last: The final state.
    """

    final_at: float = math.inf
    readable_at: float = 0.0
    states: tuple[tuple[float, str], ...] = ((0.0, "Pending"),)
    last: str = "Completed"

    def at(self, moment: float) -> str | None:
        """Return the state at a moment; ``None`` if there is none yet."""
        if moment < self.readable_at:
            return None
        if moment >= self.final_at:
            return self.last
        return [state for since, state in self.states if since <= moment][-1]


@dataclass
class Spell:
    """A time in which every request is answered in another way.

    Attributes:
        begins: From when on, in seconds of the virtual time.
        ends: Until when, not included.
        answer: How; it may raise.
    """

    begins: float
    ends: float
    answer: Answer


class Provider(httpx.AsyncBaseTransport):
    """Answers by a script, and writes down when it was asked what.

    Args:
        time: Its clock; the machine's own may be set wrong, this one is not.
        delay: Seconds that an answer takes.

    Attributes:
        courses: What becomes of each message; what is not in it is not known.
        spells: When something else than the state is answered; the first that fits counts.
        looks: When each message was asked for.
        answered: When each message was asked for, and its state was told.
        moments: When anything was asked for.
        handlers: What answers other paths, by how they begin.
        busy: How many requests are under way.
    """

    def __init__(self, time: VirtualTime, *, delay: float = 0.0) -> None:
        self.time = time
        self.delay = delay
        self.courses: dict[str, Course] = {}
        self.spells: list[Spell] = []
        self.looks: defaultdict[str, list[float]] = defaultdict(list)
        self.answered: defaultdict[str, list[float]] = defaultdict(list)
        self.moments: list[float] = []
        self.handlers: dict[str, Handler] = {}
        self.busy = 0
        self.most_busy = 0

    @property
    def dated(self) -> dict[str, str]:
        """The Date header of an answer that is made now."""
        return {"Date": format_datetime(self.time.true, usegmt=True)}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Take a request, and answer it by the script."""
        asked = self.time.elapsed
        self.moments.append(asked)
        path = request.url.path
        message_id = path.removeprefix(STATUS) if path.startswith(STATUS) else ""
        if message_id:
            self.looks[message_id].append(asked)
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        try:
            if self.delay:
                await anyio.sleep(self.delay)
            spell = next((each for each in self.spells if each.begins <= asked < each.ends), None)
            if spell is not None:
                answer = spell.answer(request)
                return await answer if hasattr(answer, "__await__") else answer
            if message_id:
                return self._status(message_id, asked)
            handler = next(
                each for prefix, each in self.handlers.items() if path.startswith(prefix)
            )
            return await _maybe(handler(request))
        finally:
            self.busy -= 1

    def _status(self, message_id: str, asked: float) -> httpx.Response:
        course = self.courses.get(message_id)
        state = None if course is None else course.at(self.time.elapsed)
        if state is None:
            body = {"Result": "Failed", "ErrorMessage": ["Not found"]}
            return httpx.Response(404, json=body, headers=self.dated)
        self.answered[message_id].append(asked)
        report = {"Result": "Success", "MessageID": message_id, "Status": state, "Count": 1}
        return httpx.Response(200, json=report, headers=self.dated)

    def most_in(self, seconds: float, moments: Iterable[float] | None = None) -> int:
        """Return the most requests that began within any so many seconds."""
        all_moments = sorted(self.moments if moments is None else moments)
        most, first = 0, 0
        for last, moment in enumerate(all_moments):
            while moment - all_moments[first] >= seconds - 1e-6:
                first += 1
            most = max(most, last - first + 1)
        return most


async def _maybe(answer: Any) -> httpx.Response:
    return await answer if hasattr(answer, "__await__") else answer


def refused(status: int, **headers: str) -> Answer:
    """Answer with an error and these headers, their names in Python's spelling."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, json={"Message": "Not now"}, headers=named)


def limited(retry_after: str | None = None) -> Answer:
    """Answer 429, perhaps with a Retry-After."""
    return refused(429) if retry_after is None else refused(429, Retry_After=retry_after)


def dead(_: httpx.Request) -> httpx.Response:
    """Lose the connection."""
    raise httpx.ConnectError("no route to host")


def captive_portal(_: httpx.Request) -> httpx.Response:
    """Answer as the network of a hotel does."""
    return httpx.Response(200, html="<html>Welcome! Please log in.</html>")


def slow(seconds: float, then: Answer = dead) -> Callable[[httpx.Request], Any]:
    """Answer after a while."""

    async def answer(request: httpx.Request) -> httpx.Response:
        await anyio.sleep(seconds)
        return then(request)

    return answer
