"""One call over HTTP: what is sent, what is tried again, and the deadline."""

from __future__ import annotations

import asyncio
import contextlib
import platform
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import anyio
import httpx
import pytest

import bestsms
from bestsms import (
    AsyncClient,
    AuthenticationFailed,
    BestSMSError,
    ConfigurationError,
    DeadlineExceeded,
    InvalidRequest,
    InvalidResponse,
    NoAnswer,
    NoAnswerInTime,
    NotFound,
    NotSent,
    NotSentInTime,
    OutcomeUnknown,
    RateLimited,
    ServerError,
    UnknownAtDeadline,
    Verdict,
)
from bestsms._retry import Clock
from bestsms._settings import Secret, Settings
from bestsms._transport import MAX_RESPONSE_BYTES, Transport
from bestsms.api import Actions, Destination, Groups, Messaging, Reports

ANSWER = {"Result": "Success", "MessageID": "ID1", "Status": "Completed", "Action": "Abort"}


class Time:
    """A clock that moves only by sleeping, and draws the longest wait."""

    def __init__(self) -> None:
        self.at = 0.0
        self.slept: list[float] = []
        self.clock = Clock(
            monotonic=lambda: self.at,
            now=lambda: datetime(2025, 6, 3, 21, 0, tzinfo=UTC),
            sleep=self.sleep,
            random=lambda: 1.0,
        )

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.at += seconds


def made(
    http: httpx.AsyncBaseTransport | None, time: Time | None = None, **given: Any
) -> Transport:
    """A transport to a handler, or to a port of this machine."""
    settings = Settings.resolve(
        Secret("a-token"),
        **{
            "base_url": "https://sms.example",
            "version": None,
            "versions": {"actions": "2.03"},
            "timeout": 5.0,
            "deadline": None,
            "max_connections": 3,
            **given,
        },
    )
    return Transport(settings, http=http, clock=(time or Time()).clock)


def answering(*answers: httpx.Response | Exception) -> tuple[httpx.MockTransport, list[str]]:
    """A handler that gives these answers in turn, the last one for ever, and what was asked."""
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url.raw_path.decode()}")
        answer = answers[min(len(asked), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return httpx.MockTransport(handle), asked


async def status(transport: Transport) -> Any:
    """A read."""
    return await Reports(transport).status("ID1")


async def abort(transport: Transport) -> Any:
    """A change that is the same made twice."""
    return await Actions(transport).abort("ID1")


async def send(transport: Transport) -> Any:
    """A change that is two made twice."""
    return await Messaging(transport).send_sms(
        message="Hello", destinations=[Destination(recipient="+61421000001")], message_id="ID1"
    )


# -- what is sent ----------------------------------------------------------------------------------


async def test_a_request_says_who_asks_what() -> None:
    """The token after Basic (T9), our name, no compression, and the area's own version."""
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=ANSWER)

    transport = made(httpx.MockTransport(handle))
    await abort(transport)
    await status(transport)
    await transport.aclose()
    change, read = seen
    assert str(change.url) == "https://sms.example/api/v2.03/set/abort/ID1"
    assert str(read.url) == "https://sms.example/api/v2.04/get/status/ID1"
    assert change.headers["Authorization"] == "Basic a-token"
    assert (
        change.headers["User-Agent"]
        == f"bestsms-async/{bestsms.__version__} (Python {platform.python_version()})"
    )
    assert change.headers["Accept-Encoding"] == "identity"
    assert change.headers["Content-Type"] == "application/json"
    assert (change.content, read.content) == (b"{}", b"")
    assert "Content-Type" not in read.headers  # T10


# -- what is tried again ---------------------------------------------------------------------------


async def test_a_read_survives_a_bad_moment() -> None:
    """Refused, silence, a server error: the fourth attempt may still answer."""
    time = Time()
    http, asked = answering(
        httpx.ConnectError("refused"),
        httpx.ReadTimeout(""),
        httpx.Response(503),
        httpx.Response(200, json=ANSWER),
    )
    assert (await status(made(http, time))).message_id == "ID1"
    assert asked == ["GET /api/v2.04/get/status/ID1"] * 4
    assert time.slept == [0.5, 1.0, 2.0]


async def test_the_fourth_failure_is_the_last() -> None:
    """Then the error says what happened last."""
    http, asked = answering(httpx.Response(500))
    with pytest.raises(ServerError) as caught:
        await status(made(http))
    assert len(asked) == 4
    assert caught.value.status == 500


@pytest.mark.parametrize("call", [send, abort])
@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("x"),
        httpx.ConnectTimeout("x"),
        httpx.PoolTimeout("x"),
        httpx.ReadTimeout("x"),
        httpx.WriteError("x"),
        ssl.SSLError("x"),
        RuntimeError("other loop"),
        httpx.Response(200),
        httpx.Response(408),
        httpx.Response(429, headers={"Retry-After": "1"}),
        httpx.Response(500),
        httpx.Response(503, headers={"Retry-After": "1"}),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else str(each.status_code),
)
async def test_a_change_is_made_once_whatever_happens(call, failure) -> None:
    """A text must never go out twice; every error carries the id and a verdict."""
    time = Time()
    http, asked = answering(failure)
    with pytest.raises(BestSMSError) as caught:
        await call(made(http, time))
    assert len(asked) == 1
    assert time.slept == []
    assert caught.value.message_id == "ID1"
    assert caught.value.verdict is not None


async def test_a_retry_after_is_waited_for() -> None:
    """A rate limit names its own pause; one without takes ours."""
    time = Time()
    http, _ = answering(
        httpx.Response(429, headers={"Retry-After": "7"}),
        httpx.Response(429),
        httpx.Response(200, json=ANSWER),
    )
    await status(made(http, time))
    assert time.slept == [7.0, 1.0]


@pytest.mark.parametrize("asked_for", ["121", "20"])
async def test_a_wait_that_is_too_long_is_the_callers_to_plan(asked_for: str) -> None:
    """Over two minutes, or past the deadline: not slept, but told."""
    time = Time()
    http, asked = answering(httpx.Response(429, headers={"Retry-After": asked_for}))
    with pytest.raises(RateLimited) as caught:
        await status(made(http, time))
    assert caught.value.retry_after == float(asked_for)
    assert (len(asked), time.slept) == (1, [])


async def test_a_no_is_not_asked_again() -> None:
    """Not found is an answer."""
    http, asked = answering(httpx.Response(404))
    with pytest.raises(NotFound):
        await status(made(http))
    assert len(asked) == 1


async def test_retries_end_with_the_deadline() -> None:
    """The pause before the third attempt would end after it: the last error is raised now."""
    time = Time()
    http, asked = answering(httpx.Response(500))
    with pytest.raises(ServerError):
        await status(made(http, time, deadline=1.5))
    assert (len(asked), time.slept) == (2, [0.5])


@pytest.mark.parametrize("call", [status, abort, send])
async def test_a_redirect_is_never_followed(call) -> None:
    """It would lose a POST or carry numbers and texts elsewhere."""
    http, asked = answering(
        httpx.Response(307, headers={"Location": "https://evil.example/"}),
    )
    with pytest.raises((InvalidResponse, OutcomeUnknown), match="redirect"):
        await call(made(http))
    assert not any("evil" in each for each in asked)


async def test_an_answer_is_read_up_to_a_limit() -> None:
    """Eight megabytes and not a byte more, whatever the length header says."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b" " * 1_000_000

    whole = b'{"Status":"Pending"}'.ljust(MAX_RESPONSE_BYTES)
    http, _ = answering(httpx.Response(200, content=whole))
    assert (await status(made(http))).status == "Pending"
    for call, kind, verdict in (
        (status, InvalidResponse, None),
        (abort, InvalidResponse, Verdict.UNKNOWN),
    ):
        http = httpx.MockTransport(lambda _: httpx.Response(200, content=endless()))
        with pytest.raises(kind, match="8,000,000 bytes and more") as caught:
            await call(made(http))
        assert caught.value.verdict is verdict


# -- the deadline ----------------------------------------------------------------------------------


class Silent(httpx.AsyncBaseTransport):
    """A peer that takes a request and never answers."""

    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        """Wait."""
        await anyio.sleep_forever()
        raise AssertionError


@pytest.mark.parametrize(
    ("call", "kind", "plain"),
    [
        (status, NoAnswerInTime, NoAnswer),
        (abort, UnknownAtDeadline, OutcomeUnknown),
        (send, UnknownAtDeadline, OutcomeUnknown),
    ],
)
async def test_the_deadline_ends_a_silence(call, kind: type[Exception], plain) -> None:
    """It is a TimeoutError, and not tried again; a change may have been made."""
    time = Time()
    with pytest.raises(kind, match=r"no answer within the deadline of 0\.01 s") as caught:
        await call(made(Silent(), time, deadline=0.01))
    assert isinstance(caught.value, plain)
    assert isinstance(caught.value, DeadlineExceeded)
    assert caught.value.message_id == "ID1"
    assert caught.value.verdict is (None if call is status else Verdict.UNKNOWN)
    assert time.slept == []


async def test_a_cancelled_call_is_cancelled() -> None:
    """The caller's own timeout is not swallowed, and nothing is tried again."""
    task = asyncio.ensure_future(send(made(Silent())))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(("call", "verdict"), [(send, Verdict.NOT_SENT), (status, None)])
async def test_a_closed_client_sends_nothing(call: Any, verdict: Verdict | None) -> None:
    """A call after the close is NotSent: nobody need wonder whether it went out."""
    http, asked = answering(httpx.Response(200))
    transport = made(http)
    await transport.aclose()
    with pytest.raises(NotSent, match="closed") as caught:
        await call(transport)
    assert (caught.value.verdict, caught.value.message_id) == (verdict, "ID1")
    assert asked == []


async def test_a_path_longer_than_a_url_is_refused() -> None:
    """What no URL can hold is an InvalidRequest with its size, before a byte leaves."""
    http, asked = answering(httpx.Response(200))
    async with contextlib.aclosing(made(http)) as transport:
        with pytest.raises(InvalidRequest, match="longer than a URL") as caught:
            await Groups(transport).get("g" * 70_000)
    assert caught.value.size is not None
    assert caught.value.size > 70_000
    assert asked == []


@pytest.mark.parametrize("transport", ["x", httpx.MockTransport, httpx.HTTPTransport])
def test_a_transport_must_be_one(transport: Any) -> None:
    """A text, a class or a sync transport is found at construction, not at the first send."""
    with pytest.raises(ConfigurationError, match=r"transport: an httpx\.AsyncBaseTransport"):
        made(transport)


async def test_a_server_that_echoes_the_token_is_not_quoted() -> None:
    """The provider's words stand in the error, and the token does not."""
    token = "eyJhbGciOiJIUzI1NiJ9.secret"
    http, _ = answering(httpx.Response(401, json={"ErrorMessage": [f"bad token {token}"]}))
    async with AsyncClient(token, transport=http) as client:
        with pytest.raises(AuthenticationFailed) as caught:
            await client.reports.status("ID1")
    assert caught.value.errors == ("bad token [token]",)
    assert "secret" not in repr(vars(caught.value))


async def test_a_busy_server_says_when_to_come_back() -> None:
    """Retry-After is honoured on 503 as on 429, and one that is too long is left to the caller."""
    time = Time()
    busy = httpx.Response(503, headers={"Retry-After": "7"})
    http, asked = answering(busy, httpx.Response(200, json={"Result": "Success", "Status": "x"}))
    await status(made(http, time))
    assert (len(asked), time.slept) == (2, [7.0])
    http, asked = answering(httpx.Response(503, headers={"Retry-After": "9999999999"}))
    with pytest.raises(ServerError) as caught:
        await status(made(http))
    assert (len(asked), caught.value.retry_after) == (1, 9999999999.0)


# -- waiting for a connection ----------------------------------------------------------------------


class Held:
    """A server that answers nobody until it is let go, and notes who came."""

    def __init__(self) -> None:
        self.came = 0
        self.here, self.go = anyio.Event(), anyio.Event()
        self.http = httpx.MockTransport(self.answer)

    async def answer(self, _: httpx.Request) -> httpx.Response:
        """Wait, then accept."""
        self.came += 1
        self.here.set()
        await self.go.wait()
        return httpx.Response(200, json={"Result": "Success", "MessageID": "ID1"})


async def test_a_send_that_waits_while_the_client_closes_does_not_go_out() -> None:
    """After the close nothing leaves any more; who was still waiting hears NOT_SENT."""
    held = Held()
    transport = made(held.http, max_connections=1)
    under_way = asyncio.create_task(send(transport))
    waiting = asyncio.create_task(send(transport))
    await held.here.wait()
    await transport.aclose()
    held.go.set()
    assert (await under_way).message_id == "ID1"
    with pytest.raises(NotSent, match="closed") as caught:
        await waiting
    assert caught.value.verdict is Verdict.NOT_SENT
    assert held.came == 1


async def test_a_deadline_that_ends_in_the_queue_proves_that_nothing_left() -> None:
    """Waiting for a free connection is before the first byte: NOT_SENT, not UNKNOWN."""
    held = Held()
    transport = made(held.http, max_connections=1, deadline=0.01)
    under_way, waiting = asyncio.create_task(send(transport)), asyncio.create_task(send(transport))
    with pytest.raises(UnknownAtDeadline) as left:
        await under_way
    with pytest.raises(NotSentInTime) as queued:
        await waiting
    assert left.value.verdict is Verdict.UNKNOWN
    assert queued.value.verdict is Verdict.NOT_SENT
    assert isinstance(queued.value, TimeoutError)
    assert held.came == 1
