"""One POST: an id before the first byte, and again only what provably never left, and 429."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bestsms import (
    AsyncClient,
    BestSMSError,
    Destination,
    InvalidRequest,
    NotSent,
    Obstacle,
    OutcomeUnknown,
    Phase,
    RateLimited,
    Rejected,
    SendResult,
    Sent,
    UnknownAtDeadline,
    Verdict,
)

NUMBER = "+61421000001"


async def test_an_id_is_chosen_before_the_first_byte(client: AsyncClient, provider: Any) -> None:
    """A UUID of version 4, another one for each message, and the answer's own."""
    first = await client.send("Hello", to=NUMBER)
    second = await client.send("Hello", to=NUMBER)
    assert provider.ids == [first.message_id, second.message_id]
    assert first.message_id != second.message_id
    assert uuid.UUID(first.message_id).version == 4
    assert str(first) == first.message_id


async def test_an_id_of_your_own_is_kept(client: AsyncClient) -> None:
    """And the answer is there as it came; what it took to get it makes no two sends different."""
    sent = await client.send("Hello", to=NUMBER, message_id="Invoice-7")
    answer = SendResult(message_id="Invoice-7", result="Success")
    assert sent == Sent(message_id="Invoice-7", answer=answer)
    assert repr(sent) == "Sent(message_id='Invoice-7', reconciled=False, unsettled=())"
    assert [each.phase for each in sent.attempts] == [Phase.ANSWERED]


async def test_what_never_left_is_sent_again(client: AsyncClient, provider: Any, time: Any) -> None:
    """Same id, same bytes, with growing pauses; a refused connection and a "not now" alike."""
    provider.sends = ["refuse", "refuse", httpx.Response(429, headers={"Retry-After": "3"}), "ok"]
    sent = await client.send("Hello", to=NUMBER)
    assert sent.reconciled is False
    assert set(provider.ids) == {sent.message_id}
    assert len(set(provider.bytes)) == 1
    assert [each.error for each in sent.attempts] == [
        "ConnectError",
        "ConnectError",
        "RateLimited",
        None,
    ]
    assert time.slept == [0.5, 1.0, 4.0]
    assert provider.looks == []


async def test_what_never_leaves_is_not_sent(client: AsyncClient, provider: Any) -> None:
    """After four refused connections the verdict is a proof, and nobody asks the provider."""
    provider.sends = ["refuse"] * 9
    with pytest.raises(NotSent) as caught:
        await client.send("Hello", to=NUMBER, message_id="ID1")
    assert caught.value.verdict is Verdict.NOT_SENT
    assert caught.value.message_id == "ID1"
    assert len(caught.value.attempts) == 4
    assert (provider.ids, provider.looks) == ([], [])


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(400, json={"Message": "Error - Could not find any"}), Rejected),
        (httpx.Response(401), Rejected),
        (httpx.Response(200, json={"Result": "Failed", "Message": "no credit"}), Rejected),
        (httpx.Response(429, headers={"Retry-After": "121"}), RateLimited),
    ],
    ids=lambda value: str(getattr(value, "status_code", "")),
)
async def test_a_no_is_the_last_word(
    client: AsyncClient, provider: Any, answer: httpx.Response, kind: type[BestSMSError]
) -> None:
    """It is made once, and there is nothing to look up."""
    provider.sends = [answer]
    with pytest.raises(kind) as caught:
        await client.send("secret text", to=NUMBER)
    assert caught.value.verdict is Verdict.REJECTED
    assert provider.ids == [caught.value.message_id]
    assert provider.looks == []
    assert "secret" not in str(caught.value)
    assert NUMBER[-9:] not in str(caught.value)


UNCLEAR = [
    "drop",
    httpx.Response(200, text="<html>"),
    httpx.Response(200, json={"Result": "Success", "MessageID": "another"}),
    httpx.Response(302),
    httpx.Response(307, headers={"Location": "http://evil.example/"}),
    httpx.Response(408),
    httpx.Response(409),
    httpx.Response(500),
    httpx.Response(502),
    httpx.Response(503, headers={"Retry-After": "1"}),
]


@pytest.mark.parametrize("fate", UNCLEAR, ids=lambda fate: str(getattr(fate, "status_code", fate)))
async def test_an_unclear_send_is_never_posted_again(
    make: Callable[..., AsyncClient], provider: Any, fate: Any
) -> None:
    """Whatever happened to it: one POST, look-ups, and an error that says what is known."""
    client = make(base_url="http://127.0.0.1:9")  # a redirect over TLS would be a refusal
    provider.sends = [fate]
    with pytest.raises(OutcomeUnknown) as caught:
        await client.send("secret text", to=NUMBER)
    assert caught.value.verdict is Verdict.UNKNOWN
    assert provider.ids == [caught.value.message_id]
    assert len(provider.looks) == 8
    assert caught.value.body_sha256
    assert "secret" not in str(caught.value)


async def test_a_redirect_over_tls_is_the_providers_own_no(
    client: AsyncClient, provider: Any
) -> None:
    """It is not followed, and nobody needs to look the message up."""
    provider.sends = [httpx.Response(307, headers={"Location": "https://evil.example/"})]
    with pytest.raises(BestSMSError, match=r"evil\.example") as caught:
        await client.send("Hello", to=NUMBER)
    assert caught.value.verdict is Verdict.REJECTED
    assert provider.looks == []


async def test_a_transport_that_reports_nothing_proves_nothing(
    make: Callable[..., AsyncClient],
) -> None:
    """A refused connection of a mock is unclear: looked up through the window, posted once."""
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        raise httpx.ConnectError("refused")

    client = make(transport=httpx.MockTransport(handle))
    with pytest.raises(OutcomeUnknown) as caught:
        await client.send("Hello", to=NUMBER)
    assert asked == ["POST"] + ["GET"] * 8
    assert caught.value.attempts[0].error == "ConnectError"


# -- the documented call ---------------------------------------------------------------------------


async def test_the_documented_call_goes_the_same_way(client: AsyncClient, provider: Any) -> None:
    """``messaging.send_sms`` without an id gets one; a lost answer is found by it."""
    provider.sends = ["lose"]
    answer = await client.messaging.send_sms(
        message="Hello", destinations=[Destination(recipient=NUMBER)]
    )
    assert provider.ids == [answer.message_id]
    assert uuid.UUID(answer.message_id).version == 4
    assert provider.looks == [0.0]


async def test_the_documented_call_keeps_an_id_and_uses_it_once(
    client: AsyncClient, provider: Any
) -> None:
    """One that was given is sent as it is, and refused the second time, by either way to send."""
    there = [Destination(recipient=NUMBER)]
    answer = await client.messaging.send_sms(message="Hi", destinations=there, message_id="ID1")
    assert answer.message_id == "ID1"
    with pytest.raises(InvalidRequest, match=r"^MessageID: was used for an earlier message"):
        await client.messaging.send_sms(message="Hi", destinations=there, message_id="id1")
    with pytest.raises(InvalidRequest, match="whose verdict is ACCEPTED"):
        await client.send("Hi", to=NUMBER, message_id="Id1")
    assert provider.ids == ["ID1"]


# -- only if it is new -----------------------------------------------------------------------------


async def test_an_id_can_be_asked_for_first(client: AsyncClient, provider: Any) -> None:
    """With ``if_new`` an id that the provider knows is refused before anything is sent."""
    provider.known["id1"] = provider.now
    with pytest.raises(InvalidRequest, match="the provider knows this id already") as caught:
        await client.send("Hello", to=NUMBER, message_id="ID1", if_new=True)
    assert (caught.value.message_id, caught.value.verdict) == ("ID1", Verdict.NOT_SENT)
    sent = await client.send("Hello", to=NUMBER, message_id="ID2", if_new=True)
    assert provider.ids == [sent.message_id] == ["ID2"]
    assert len(provider.looks) == 2


async def test_an_id_that_can_not_be_asked_for_is_not_sent(
    client: AsyncClient, provider: Any
) -> None:
    """No answer is not "new"; the id is free for another try."""
    provider.answers = ["drop"]
    with pytest.raises(NotSent, match="whether the MessageID is new could not be asked") as caught:
        await client.send("Hello", to=NUMBER, message_id="ID1", if_new=True)
    assert caught.value.obstacle is Obstacle.OTHER
    assert provider.ids == []
    assert (await client.send("Hello", to=NUMBER, message_id="ID1", if_new=True)).message_id


# -- the deadline ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("deadline", "kept"), [(8.0, 2.0), (40.0, 10.0), (120.0, 10.0)])
async def test_a_part_of_the_deadline_is_kept_for_looking(
    make: Callable[..., AsyncClient], provider: Any, deadline: float, kept: float
) -> None:
    """A quarter, and ten seconds at most: an attempt that would begin in it is not made."""
    in_time, too_late = (
        httpx.Response(429, headers={"Retry-After": f"{deadline - kept - early:g}"})
        for early in (1, 0)
    )
    provider.sends = [in_time]
    await make(deadline=deadline).send("Hello", to=NUMBER)
    assert len(provider.ids) == 2
    provider.sends = [too_late]
    with pytest.raises(RateLimited):
        await make(deadline=deadline).send("Hello", to=NUMBER)
    assert len(provider.ids) == 3


async def test_without_a_window_nothing_is_kept(
    make: Callable[..., AsyncClient], provider: Any
) -> None:
    """What is not looked up needs no time for it."""
    provider.sends = [httpx.Response(429, headers={"Retry-After": "7"})]
    await make(deadline=8, settle_window=0).send("Hello", to=NUMBER)
    assert len(provider.ids) == 2


async def test_the_silence_of_a_send_ends_in_time_to_look(
    make: Callable[..., AsyncClient], provider: Any
) -> None:
    """A deadline is over while the request is under way: there is time to find the message."""
    provider.sends = ["hang"]
    client = make(deadline=0.02)
    with pytest.raises(UnknownAtDeadline, match=r"within the deadline of 0\.02 s") as caught:
        await client.send("Hello", to=NUMBER)
    assert isinstance(caught.value, TimeoutError)
    assert provider.looks == [0.0]  # the next, a second later, would be too late


async def test_without_a_window_nothing_is_looked_up(
    make: Callable[..., AsyncClient], provider: Any
) -> None:
    """Whoever sets it to 0 looks for himself; the error still can."""
    provider.sends = ["lose"]
    client = make(settle_window=0)
    with pytest.raises(OutcomeUnknown) as caught:
        await client.send("Hello", to=NUMBER)
    assert provider.looks == []
    assert "Looked up" not in str(caught.value)
    assert await caught.value.reconcile() is Verdict.ACCEPTED
