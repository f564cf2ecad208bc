"""One call over HTTP: what is sent, what is read, and what is refused before it leaves."""

from __future__ import annotations

import logging
import platform
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import httpx
import pytest

import bestsms
from bestsms import (
    AsyncClient,
    AuthenticationFailed,
    ConfigurationError,
    InvalidRequest,
    InvalidResponse,
    NotSent,
    Obstacle,
    OutcomeUnknown,
    ResponseTooLarge,
    Verdict,
)
from bestsms._protocol import MAX_ANSWER_BYTES, MAX_LIST_BYTES
from bestsms._transport import Transport
from bestsms.api import Contacts, Groups

ANSWER = {"Result": "Success", "MessageID": "ID1", "Status": "Completed", "Action": "Abort"}


async def test_a_request_says_who_asks_what(made, calls) -> None:
    """The token after Basic (T9), our name, no compression, and the area's own version."""
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=ANSWER)

    transport = made(httpx.MockTransport(handle))
    await calls.abort(transport)
    await calls.status(transport)
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
    assert "Expect" not in change.headers
    assert (change.content, read.content) == (b"{}", b"")
    assert "Content-Type" not in read.headers  # T10


@pytest.mark.parametrize("call", ["status", "abort", "send"])
@pytest.mark.parametrize("location", ["https://evil.example/x", "/x", "//", "http://[", None])
async def test_a_redirect_is_never_followed(made, calls, peer, call: str, location) -> None:
    """It would lose a POST or carry numbers and texts elsewhere; the error names the host alone."""
    headers = {"Location": location} if location else {}
    http = peer(httpx.Response(307, headers=headers))
    with pytest.raises(bestsms.Redirected, match="never followed") as caught:
        await getattr(calls, call)(made(http))
    assert len(http.asked) == 1
    assert caught.value.host == ("evil.example" if location and "evil" in location else None)
    assert "/x" not in str(caught.value)


# -- how much is read ------------------------------------------------------------------------------


async def endless() -> AsyncIterator[bytes]:
    """Ten megabytes, which no answer has."""
    for _ in range(10):
        yield b" " * 1_000_000


async def test_an_answer_is_read_up_to_a_limit(made, calls) -> None:
    """One megabyte and not a byte more, whatever the length header says."""
    whole = b'{"Result":"Success","MessageID":"ID1"}'.ljust(MAX_ANSWER_BYTES)
    http = httpx.MockTransport(lambda _: httpx.Response(200, content=whole))
    assert (await calls.send(made(http))).message_id == "ID1"
    http = httpx.MockTransport(lambda _: httpx.Response(200, content=endless()))
    with pytest.raises(OutcomeUnknown, match="1,000,000 bytes and more") as sent:
        await calls.send(made(http))
    assert isinstance(sent.value.__cause__, ResponseTooLarge)


@pytest.mark.parametrize("whole", [b'{"Contacts":[],"TotalRecords":0}', b'{"Status":"Pending"}'])
async def test_a_list_may_be_longer(made, calls, whole: bytes) -> None:
    """Eight megabytes of a page of contacts, and of a report, which has all its recipients."""

    def read(http: httpx.MockTransport) -> Awaitable[object]:
        return Contacts(made(http)).list() if b"Contacts" in whole else calls.status(made(http))

    long = whole.ljust(MAX_LIST_BYTES)
    await read(httpx.MockTransport(lambda _: httpx.Response(200, content=long)))
    http = httpx.MockTransport(lambda _: httpx.Response(200, content=endless()))
    with pytest.raises(ResponseTooLarge, match="8,000,000 bytes and more") as caught:
        await read(http)
    assert caught.value.verdict is None


async def test_json_under_another_name_is_read_and_logged(
    made, calls, caplog: pytest.LogCaptureFixture
) -> None:
    """What can be read is read; the log says that something between us is odd."""
    http = httpx.MockTransport(
        lambda _: httpx.Response(200, content=b'{"Status":"Pending"}', headers=PAGE)
    )
    with caplog.at_level(logging.WARNING, logger="bestsms"):
        assert (await calls.status(made(http))).status == "Pending"
    (said,) = caplog.messages
    assert said.endswith("/{MessageID}: JSON was asked for; the answer is text/html; x=1")


PAGE = {"Content-Type": "text/html; x=1"}


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, content=b'{"Status":"Pending"}', headers={"Content-Type": "a/JSON"}),
        httpx.Response(204),
    ],
)
async def test_json_under_its_own_name_is_not_worth_a_word(
    made, calls, answer: httpx.Response, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor is an answer without a body, which has no name at all."""
    call = calls.delete if answer.status_code == 204 else calls.status
    with caplog.at_level(logging.WARNING, logger="bestsms"):
        await call(made(httpx.MockTransport(lambda _: answer)))
    assert caplog.messages == []


# -- what is refused here --------------------------------------------------------------------------


@pytest.mark.parametrize(("call", "verdict"), [("send", Verdict.NOT_SENT), ("status", None)])
async def test_a_closed_client_sends_nothing(made, calls, peer, time, *, call, verdict) -> None:
    """A call after the close is NotSent, at once: nobody need wonder whether it went out."""
    http = peer(httpx.Response(200))
    transport: Transport = made(http)
    await transport.aclose()
    with pytest.raises(NotSent, match="closed") as caught:
        await getattr(calls, call)(transport)
    assert (caught.value.verdict, caught.value.message_id) == (verdict, "ID1")
    assert caught.value.obstacle is Obstacle.CLOSED
    assert (http.asked, time.slept) == ([], [])


async def test_a_path_longer_than_a_url_is_refused(made, peer) -> None:
    """What no URL can hold is an InvalidRequest with its size, before a byte leaves."""
    http = peer(httpx.Response(200))
    with pytest.raises(InvalidRequest, match="longer than a URL") as caught:
        await Groups(made(http)).get("g" * 70_000)
    assert caught.value.size is not None
    assert caught.value.size > 70_000
    assert http.asked == []


@pytest.mark.parametrize("transport", ["x", httpx.MockTransport, httpx.HTTPTransport])
async def test_a_transport_must_be_one(made, transport: Any) -> None:
    """A text, a class or a sync transport is found at construction, not at the first send."""
    with pytest.raises(ConfigurationError, match=r"transport: an httpx\.AsyncBaseTransport"):
        made(transport)


# -- what is not shown -----------------------------------------------------------------------------


async def test_a_server_that_echoes_the_token_is_not_quoted() -> None:
    """The provider's words stand in the error, and the token does not."""
    token = "eyJhbGciOiJIUzI1NiJ9.secret"
    answer = httpx.Response(401, json={"ErrorMessage": [f"bad token {token}"]})
    http = httpx.MockTransport(lambda _: answer)
    async with AsyncClient(token, transport=http) as client:
        with pytest.raises(AuthenticationFailed) as caught:
            await client.reports.status("ID1")
    assert caught.value.errors == ("bad token [token]",)
    assert "secret" not in repr(vars(caught.value))


async def test_a_page_is_quoted_only_to_a_call_that_carried_nothing(made, calls, peer) -> None:
    """A page may echo what was sent; of a read, its beginning says what stands in between."""
    page = httpx.Response(200, content=b"<p>Log in, +61421000001</p>" + b"x" * 5000, headers=PAGE)
    with pytest.raises(InvalidResponse) as read:
        await calls.status(made(peer(page)))
    assert read.value.content_type == "text/html; x=1"
    assert (read.value.snippet or "").startswith("<p>Log in, ...001</p>xxx")
    assert len(read.value.snippet or "") < 2010
    with pytest.raises(InvalidResponse) as change:
        await calls.abort(made(peer(page)))
    assert change.value.snippet is None
