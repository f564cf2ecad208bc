"""The receiver under attack: what is refused, at what cost, and what the log says of it."""

from __future__ import annotations

import gzip
import json
import logging
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import anyio.lowlevel
import pytest

from bestsms._retry import Clock
from bestsms.webhooks import Callback, Event, Receiver

SENDER, KEY, CODE = "application@domain.com", "ta8wr7ymd-canary", "991337"
JESS = "+61421000001"
EVENT = {
    "Version": "2.04",
    "Sender": SENDER,
    "APIKey": KEY,
    "Type": "SMSReply",
    "Destination": JESS,
    "ReceivedID": "R1",
    "MessageID": "ID1",
    "Status": "RECEIVED",
    "Message": f"The code is {CODE}.",
}
BODY = json.dumps(EVENT).encode()
LIMIT = 256 * 1024
LATER = Clock(sleep=lambda _: anyio.sleep_forever())


class Got(NamedTuple):
    """An answer as the server has it."""

    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Callable[..., Receiver]]:
    """Make receivers with the right secrets."""
    made: list[Receiver] = []

    def build(**changes: Any) -> Receiver:
        settings: dict[str, Any] = {"sender": SENDER, "api_key": KEY, "clock": LATER}
        settings["store"] = tmp_path / "webhooks.sqlite"
        made.append(Receiver(None, **(settings | changes)))
        return made[-1]

    yield build
    for each in made:
        await each.aclose()


def pieces(*bodies: bytes) -> Callable[[], Awaitable[Any]]:
    """A body in pieces, and then nothing: whoever asks for more waits for ever."""
    left = list(bodies)

    async def receive() -> Any:
        if not left:
            await anyio.sleep_forever()
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    return receive


async def call(
    app: Any,
    body: bytes | Callable[[], Awaitable[Any]] = BODY,
    *,
    method: str = "POST",
    headers: Iterable[tuple[str, str]] = (),
    **scope: Any,
) -> Got | None:
    """Call an app as a server does; ``None`` if it said nothing."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    whole = {"type": "http", "method": method, "path": "/", "query_string": b"", "headers": raw}
    with anyio.fail_after(20):
        await app(whole | scope, pieces(body) if isinstance(body, bytes) else body, send)
    if not sent:
        return None
    start, end = sent
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    return Got(start["status"], found, end["body"])


async def kept(receiver: Receiver) -> int:
    """How many events are in the store."""
    return sum((await receiver.counts()).values())


def without(*names: str) -> bytes:
    """The good body without some fields."""
    return json.dumps({name: value for name, value in EVENT.items() if name not in names}).encode()


def changed(**fields: Any) -> bytes:
    """The good body with other fields."""
    return json.dumps(EVENT | fields).encode()


# -- each check by itself --------------------------------------------------------------------------

NOW = datetime(2025, 6, 3, tzinfo=UTC)
SIGNED = Callback("https://hooks.example/", {"a": "k" * 32}, now=lambda: NOW)
FORGED = Callback("https://hooks.example/", {"a": "x" * 32}, now=lambda: NOW)
PAIR = [("X-Sender", SENDER), ("Authorization", KEY)]


def query(url: str) -> bytes:
    """The query of a URL."""
    return url.partition("?")[2].encode()


OWN = query(SIGNED.url_for("ID1"))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"headers": []}, 200),
        ({"method": "GET"}, 405),
        ({"method": "HEAD"}, 405),
        ({"method": "OPTIONS"}, 405),
        ({"method": "PUT"}, 405),
        ({"method": "post"}, 405),
        ({"path": "/admin"}, 404),
        ({"headers": [*PAIR, ("Content-Encoding", "gzip")]}, 415),
        ({"headers": [*PAIR, ("Content-Encoding", "identity, gzip")]}, 415),
        ({"headers": [*PAIR, ("Content-Encoding", "identity"), ("content-encoding", "br")]}, 415),
        ({"headers": [*PAIR, ("Content-Encoding", " Identity ")]}, 200),
        ({"headers": [*PAIR, ("Content-Length", str(LIMIT + 1))]}, 413),
        ({"headers": [*PAIR, ("Content-Length", "9" * 5_000)]}, 413),
        ({"headers": [*PAIR, ("Content-Length", "0")]}, 200),
        ({"headers": [*PAIR, ("Content-Length", "-1")]}, 200),
        ({"headers": [*PAIR, ("Content-Length", "\u00b2")]}, 200),
        ({"body": BODY + b" " * LIMIT}, 413),
        ({"body": b""}, 400),
        ({"body": b"[]"}, 400),
        ({"body": BODY[:-1]}, 400),
        ({"body": gzip.compress(BODY)}, 400),
        ({"body": b"<!DOCTYPE root><root/>"}, 400),
        ({"body": BODY[:-1] + b', "APIKey": "x"}'}, 400),
        ({"body": without("Sender")}, 401),
        ({"body": without("APIKey")}, 401),
        ({"body": without("Sender", "APIKey")}, 401),
        ({"body": changed(Sender="other@domain.com")}, 401),
        ({"body": changed(APIKey="other")}, 401),
        ({"body": changed(APIKey=KEY.upper())}, 401),
        ({"body": changed(APIKey=[KEY])}, 401),
        ({"body": changed(APIKey={"APIKey": KEY})}, 401),
        ({"body": changed(APIKey=None)}, 401),
        ({"body": changed(APIKey="\u20ac")}, 401),
        ({"body": changed(Sender=KEY, APIKey=SENDER)}, 401),
        ({"headers": [("X-Sender", "other@domain.com"), ("Authorization", KEY)]}, 401),
        ({"headers": [("X-Sender", SENDER), ("Authorization", "other")]}, 401),
        ({"headers": [("X-Sender", SENDER), ("Authorization", f"Basic {KEY}")]}, 401),
        ({"headers": [*PAIR, ("Authorization", KEY)]}, 401),
        ({"headers": [*PAIR, ("Authorization", "\xe9")]}, 401),
        ({"query_string": b""}, 401),
        ({"query_string": query(FORGED.url_for("ID1"))}, 401),
        ({"query_string": query(SIGNED.url_for("ID2"))}, 401),
        ({"query_string": b"\xff=&k&&&"}, 401),
    ],
)
async def test_each_check_stands_alone(make, change, status, caplog) -> None:
    """A webhook that is good but for one thing is refused for that, and nothing of it is kept."""
    caplog.set_level(logging.DEBUG)
    receiver = make(callback=SIGNED)
    got = await call(receiver, **({"headers": PAIR, "query_string": OWN} | change))
    assert got is not None
    assert got.status == status
    assert await kept(receiver) == (status == 200)
    # What an attacker learns is a few fixed bytes.
    assert len(got.body) < 25
    assert got.headers["content-length"] == str(len(got.body))
    for secret in (KEY, CODE, JESS[1:], "hooks.example", OWN.decode()):
        assert secret not in f"{got} {caplog.text}"


async def test_each_check_can_be_missed(make) -> None:
    """What a check refuses gets in when that check alone is off: the table above is not blind."""
    wrong = changed(APIKey="other")
    assert (await call(make(callback=SIGNED), wrong, query_string=OWN)).status == 401
    assert (await call(make(callback=SIGNED, insecure=True), wrong, query_string=OWN)).status == 200
    assert (await call(make(callback=SIGNED), changed(ReceivedID="R2"))).status == 401
    assert (await call(make(), changed(ReceivedID="R2"))).status == 200


@pytest.mark.parametrize("name", ["X-SENDER", "x-sender", "X-Sender"])
async def test_a_header_s_name_has_any_case(make, name) -> None:
    """A wrong X-Sender is seen however a framework spells its name."""
    receiver = make()
    for sender, status in ((SENDER, 200), ("other", 401)):
        got = await receiver.receive(method="POST", body=BODY, headers={name: sender})
        assert got.status == status


# -- what it costs ---------------------------------------------------------------------------------


async def test_an_endless_body_is_cut_off_at_the_limit(make) -> None:
    """Of ten gigabytes in chunks no more than the limit is ever read or held."""
    chunk, asked = b"x" * 65_536, 0

    async def endless() -> Any:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": chunk, "more_body": True}

    receiver = make()
    tracemalloc.start()
    try:
        got = await call(receiver, endless)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert got is not None
    assert (got.status, got.headers["connection"]) == (413, "close")
    assert asked * len(chunk) <= LIMIT + len(chunk)
    assert peak < 8 * LIMIT


async def test_a_lying_content_length_is_not_believed(make) -> None:
    """A small number does not let a large body in; a large one is refused before it is read."""

    async def never() -> Any:
        raise AssertionError("nothing is read of it")

    lie = [("Content-Length", "10")]
    assert (await call(make(), pieces(BODY, b" " * LIMIT), headers=lie)).status == 413
    assert (await call(make(), never, headers=[("Content-Length", "10000000000")])).status == 413


@pytest.mark.parametrize("empty", [False, True])
async def test_a_dripping_body_is_given_ten_seconds(make, empty) -> None:
    """Whether nothing more comes, or one piece of nothing after the other: 408, and the end."""
    asked: list[float] = []

    async def ten_seconds(seconds: float) -> None:
        asked.append(seconds)
        await anyio.lowlevel.checkpoint()

    async def drip() -> Any:
        if not empty:
            await anyio.sleep_forever()
        return {"type": "http.request", "body": b"", "more_body": True}

    got = await call(make(clock=Clock(sleep=ten_seconds)), drip)
    assert got is not None
    assert (got.status, got.headers["connection"], asked) == (408, "close", [10.0])


async def test_a_client_that_goes_leaves_nothing(make) -> None:
    """A body that is broken off is neither kept nor answered."""
    messages = [{"type": "http.request", "body": BODY, "more_body": True}]

    async def broken() -> Any:
        return messages.pop() if messages else {"type": "http.disconnect"}

    receiver = make()
    assert await call(receiver, broken) is None
    assert await kept(receiver) == 0


async def test_a_client_that_does_not_wait_for_its_answer(make) -> None:
    """The event is kept, and whoever comes again is answered as a duplicate."""

    async def gone(_: Any) -> None:
        raise OSError("the connection is closed")

    receiver = make()
    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    await receiver(scope, pieces(BODY), gone)
    assert (await call(receiver)).status == 200
    assert await kept(receiver) == 1


async def test_what_a_middleware_raises_is_raised_as_it_is(make) -> None:
    """One that limits bodies raises while they are read, and knows its error by the type."""

    async def limited() -> Any:
        raise LookupError("the middleware's own")

    with pytest.raises(LookupError, match="own"):
        await call(make(), limited)


async def test_http_2_has_no_connection_header(make) -> None:
    """A connection is closed by its header in HTTP/1 alone."""
    assert (await call(make(), path="/x", http_version="1.0")).headers["connection"] == "close"
    assert "connection" not in (await call(make(), path="/x", http_version="2")).headers


# -- what the log says -----------------------------------------------------------------------------


async def test_a_flood_is_no_flood_of_lines(make, caplog) -> None:
    """One line of a kind in a minute, and the next one counts the others."""
    now = 0.0
    receiver = make(clock=Clock(monotonic=lambda: now, sleep=lambda _: anyio.sleep_forever()))
    for _ in range(100):
        await call(receiver, changed(APIKey="wrong"))
    now = 59.0
    await call(receiver, changed(APIKey="wrong"))
    await call(receiver, b"<")
    now = 60.0
    await call(receiver, changed(APIKey="wrong"))
    kind = "refused a webhook with a wrong Sender or APIKey"
    first, other, second = [each.message for each in caplog.records]
    assert first == kind
    assert other.startswith("refused a webhook that can't be read: ")
    assert second == f"{kind} (and 100 more like it since the last such line)"


async def test_what_was_posted_is_not_in_the_log(make, caplog) -> None:
    """Of a body that can't be read the log has the reason, on one line, and not its words."""
    caplog.set_level(logging.DEBUG)
    evil = f'{{"x\\r\\nFAKE {JESS} {KEY}": NaN, "Message": "{CODE}"}}'
    assert (await call(make(), evil.encode())).status == 400
    (line,) = [each.message for each in caplog.records if each.name == "bestsms.webhooks"]
    assert line.isprintable()
    for secret in (KEY, CODE, JESS[1:], "FAKE"):
        assert secret not in caplog.text


async def test_an_event_of_a_store_shows_neither_text_nor_number(make, tmp_path, caplog) -> None:
    """From the first byte to the dead letter, no log line holds what it must not."""
    caplog.set_level(logging.DEBUG)
    died = anyio.Event()

    async def fail(event: Event) -> None:
        died.set()
        raise RuntimeError(event.to_json())

    receiver = Receiver(
        fail, sender=SENDER, api_key=KEY, store=tmp_path / "other.sqlite", attempts=1
    )
    async with receiver:
        await call(receiver)
        with anyio.fail_after(20):
            await died.wait()
            while not await receiver.dead():
                await anyio.lowlevel.checkpoint()
    assert "dead after 1 attempts" in caplog.text
    for secret in (KEY, CODE, JESS[1:], SENDER):
        assert secret not in caplog.text
