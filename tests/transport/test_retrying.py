"""What is tried again, after how long, and what an error tells of the attempts."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
import pytest

from bestsms import (
    Attempt,
    BestSMSError,
    NotFound,
    OutcomeUnknown,
    Phase,
    RateLimited,
    ServerError,
    Verdict,
)
from bestsms._transport import Trail
from bestsms.api.reports import _STATUS

ANSWER = {"Result": "Success", "MessageID": "ID1", "Status": "Completed", "Action": "Abort"}
YES = httpx.Response(200, json=ANSWER)
REFUSED = ("connecting", httpx.ConnectError("refused"))


async def test_a_read_survives_a_bad_moment(made, calls, peer, time) -> None:
    """Refused, silence, a server error: the fourth attempt may still answer."""
    http = peer(REFUSED, httpx.ReadTimeout(""), httpx.Response(503), YES)
    assert (await calls.status(made(http))).message_id == "ID1"
    assert http.asked == ["GET /api/v2.04/get/status/ID1"] * 4
    assert time.slept == [0.5, 1.0, 2.0]


async def test_a_send_survives_what_never_left_and_what_was_refused(made, calls, peer) -> None:
    """The same id and the same bytes each time, so that no attempt is another message."""
    http = peer(REFUSED, httpx.Response(429), httpx.Response(425), YES)
    assert (await calls.send(made(http))).message_id == "ID1"
    assert len(http.requests) == 4
    assert len({each.content for each in http.requests}) == 1


async def test_a_send_that_may_have_left_is_not_posted_again(made, calls, peer, time) -> None:
    """A text must never go out twice: the first doubt ends it."""
    http = peer(REFUSED, httpx.ReadError(""), YES)
    with pytest.raises(OutcomeUnknown) as caught:
        await calls.send(made(http))
    assert (len(http.asked), time.slept) == (2, [0.5])
    assert caught.value.verdict is Verdict.UNKNOWN


async def test_the_fourth_failure_is_the_last(made, calls, peer) -> None:
    """Then the error says what happened last."""
    http = peer(httpx.Response(500))
    with pytest.raises(ServerError) as caught:
        await calls.status(made(http))
    assert len(http.asked) == 4
    assert caught.value.status == 500


async def test_a_no_is_not_asked_again(made, calls, peer) -> None:
    """Not found is an answer."""
    http = peer(httpx.Response(404))
    with pytest.raises(NotFound):
        await calls.status(made(http))
    assert len(http.asked) == 1


async def test_an_error_lists_its_attempts(made, calls, peer, time) -> None:
    """When each began, how far it came, its status, and the exception that ended it."""
    http = peer(REFUSED, httpx.Response(429), httpx.ReadTimeout("x"))
    with pytest.raises(OutcomeUnknown) as caught:
        await calls.send(made(http))
    assert caught.value.attempts == (
        Attempt(1000.0, Phase.CONNECTING, None, "ConnectError"),
        Attempt(1000.5, Phase.ANSWERED, 429, "RateLimited"),
        Attempt(1002.5, Phase.SENT, None, "ReadTimeout"),
    )


@pytest.mark.parametrize(
    "act",
    [REFUSED, httpx.ReadError(""), httpx.Response(400), httpx.Response(500), httpx.Response(429)],
    ids=str,
)
@pytest.mark.parametrize("call", ["status", "abort", "send"])
async def test_every_error_says_which_bytes_it_is_about(made, calls, peer, call, act) -> None:
    """By their SHA-256, so that the bytes themselves need not stand in it."""
    http = peer(act)
    with pytest.raises(BestSMSError) as caught:
        await getattr(calls, call)(made(http))
    body = http.requests[0].content
    assert caught.value.body_sha256 == (hashlib.sha256(body).hexdigest() if body else None)
    assert len(caught.value.attempts) == len(http.requests)


@pytest.mark.parametrize(
    ("answer", "call"),
    [
        (httpx.Response(429, headers={"Retry-After": "300"}), "send"),
        (httpx.Response(503, headers={"Retry-After": "300"}), "send"),
        (httpx.Response(503, headers={"Retry-After": "300"}), "status"),
        (httpx.Response(200, headers={"Retry-After": "300"}), "send"),
        (httpx.Response(307, headers={"Retry-After": "300"}), "abort"),
    ],
    ids=["429", "503 of a send", "503 of a read", "a garbled answer", "a redirect"],
)
async def test_every_error_says_when_to_come_back(made, calls, peer, answer, call) -> None:
    """Whatever the answer was, if it said so; and a wait that is too long is not slept."""
    http = peer(answer)
    with pytest.raises(BestSMSError) as caught:
        await getattr(calls, call)(made(http))
    assert caught.value.retry_after == 300.0
    assert len(http.asked) == 1


async def test_a_wait_past_the_deadline_is_the_callers_to_plan(made, calls, peer, time) -> None:
    """Twenty seconds are asked for, and all the call has is twenty: not slept, but told."""
    http = peer(httpx.Response(429, headers={"Retry-After": "20"}))
    with pytest.raises(RateLimited) as caught:
        await calls.status(made(http, deadline=20))
    assert caught.value.retry_after == 20.0
    assert (len(http.asked), time.slept) == (1, [])


async def test_retries_end_with_the_deadline(made, calls, peer, time) -> None:
    """The pause before the third attempt would end after it: the last error is raised now."""
    http = peer(httpx.Response(500))
    with pytest.raises(ServerError):
        await calls.status(made(http, deadline=1.5))
    assert (len(http.asked), time.slept) == (2, [0.5])


async def test_one_attempt_is_all_if_one_is_asked_for(made, calls, peer, time) -> None:
    """A look-up makes its own rounds: what it carries is not tried again below it."""
    transport = made(peer(httpx.Response(500)))
    request = transport.request(_STATUS, path={"MessageID": "ID1"})
    trail = Trail()
    with pytest.raises(ServerError):
        await transport.carry(request, trail, attempts=1)
    assert (len(trail.attempts), time.slept) == (1, [])


# -- a repetition after a doubt --------------------------------------------------------------------

LOST = httpx.ReadError("reset")


@pytest.mark.parametrize(("call", "name"), [("abort", "message_id"), ("delete", "contact_id")])
@pytest.mark.parametrize(
    "gone",
    [
        httpx.Response(404),
        httpx.Response(200, json={"Result": "Failed", "Message": "Unable to find it"}),
    ],
    ids=["404", "Failed"],
)
async def test_what_is_gone_after_a_doubt_was_removed(
    made, calls, peer, *, call: str, name: str, gone: httpx.Response
) -> None:
    """The first attempt did it, and only its answer was lost."""
    answer = await getattr(calls, call)(made(peer(LOST, gone)))
    assert getattr(answer, name) in {"ID1", "C1"}
    with pytest.raises(NotFound):
        await getattr(calls, call)(made(peer(gone)))


async def test_what_was_not_found_before_a_doubt_is_not_found(made, calls, peer) -> None:
    """An attempt that never left leaves no doubt, so a "not found" means what it says."""
    with pytest.raises(NotFound) as caught:
        await calls.delete(made(peer(REFUSED, httpx.Response(404))))
    assert caught.value.verdict is Verdict.REJECTED


@pytest.mark.parametrize("act", [REFUSED, httpx.Response(400), httpx.Response(429)], ids=str)
@pytest.mark.parametrize("call", ["abort", "delete", "update"])
async def test_a_refused_repetition_says_nothing_of_the_first(
    made, calls, peer, call: str, act: Any
) -> None:
    """It may have been done: OutcomeUnknown, and not NOT_SENT or REJECTED."""
    http = peer(LOST, act)
    with pytest.raises(OutcomeUnknown, match="an earlier attempt got no usable answer") as caught:
        await getattr(calls, call)(made(http))
    assert caught.value.verdict is Verdict.UNKNOWN
    assert len(caught.value.attempts) == len(http.asked)


async def test_a_change_that_is_not_found_was_not_made_by_that(made, calls, peer) -> None:
    """Of an update a "not found" is no sign that it was done."""
    with pytest.raises(OutcomeUnknown):
        await calls.update(made(peer(LOST, httpx.Response(404))))


async def test_a_doubt_stays_a_doubt(made, calls, peer) -> None:
    """Two lost answers are as unclear as one."""
    with pytest.raises(OutcomeUnknown, match="ReadError"):
        await calls.abort(made(peer(LOST)))


async def test_a_doubt_keeps_what_the_last_answer_asked_for(made, calls, peer) -> None:
    """Unclear, and the provider said when to come back: both are told."""
    later = httpx.Response(429, headers={"Retry-After": "300"})
    with pytest.raises(OutcomeUnknown) as caught:
        await calls.abort(made(peer(LOST, later)))
    assert caught.value.retry_after == 300.0
    assert isinstance(caught.value.__cause__, RateLimited)
