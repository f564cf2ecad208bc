"""The words of an error: what was refused, what is known now, and what to do."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from bestsms import (
    BestSMSError,
    Contact,
    InvalidResponse,
    NotFound,
    NotSent,
    NotSentInTime,
    OutcomeUnknown,
    RateLimited,
    Redirected,
    Rejected,
    Report,
    SendResult,
    ServerError,
    UnknownAtDeadline,
    Verdict,
    _failures as failures,
)
from bestsms._answers import after_doubt, decipher
from bestsms._protocol import Operation, Request, Response, Safety

READ = Request(
    operation=Operation(
        name="reports.status",
        method="GET",
        path="/get/status/{MessageID}",
        safety=Safety.SAFE,
        answer=Report,
        expect=("Status",),
    ),
    target="/",
    headers={},
    message_id="ID1",
)
SEND = attrs.evolve(
    READ,
    operation=Operation(
        name="messaging.send_sms",
        method="POST",
        path="/send/sms",
        safety=Safety.UNSAFE,
        answer=SendResult,
        expect=("MessageID",),
    ),
    body=b"{}",
)
ABORT = attrs.evolve(
    SEND,
    operation=attrs.evolve(
        SEND.operation,
        name="actions.abort",
        method="PATCH",
        path="/set/abort/{MessageID}",
        safety=Safety.IDEMPOTENT,
    ),
    path={"MessageID": "ID1"},
)
DELETE = attrs.evolve(
    READ,
    operation=attrs.evolve(
        ABORT.operation,
        name="contacts.delete",
        method="DELETE",
        path="/addressbook/contact/{ContactID}",
        answer=Contact,
    ),
    path={"ContactID": "C1"},
    message_id=None,
)


def said(request: Request[Any], status: int, body: bytes = b"", **headers: str) -> Any:
    """The error of an answer."""
    with pytest.raises(BestSMSError) as caught:
        decipher(request, Response(status=status, headers=headers, body=body))
    return caught.value


# -- sentences -------------------------------------------------------------------------------------


def test_an_error_text_is_a_sentence() -> None:
    """Call, message, status, reasons, and what to do, for a person at night."""
    assert str(said(SEND, 401, b'{"Message":"Invalid token."}')) == (
        "POST /send/sms (message ID1) was rejected with HTTP 401: Invalid token. "
        "Nothing was done. Check the Auth Token; refreshing it ends the old one."
    )
    no_id = attrs.evolve(READ, message_id=None)
    assert str(said(no_id, 404)) == "GET /get/status/{MessageID} was rejected with HTTP 404."


def test_a_lost_call_says_what_to_do() -> None:
    """Look a message up by its id; a call without one can only be looked for."""
    assert "Look message ID1 up with reports.status" in str(failures.lost(SEND, "silence"))
    create = attrs.evolve(SEND, message_id=None)
    assert "Look whether it was done before" in str(failures.lost(create, "silence"))
    assert str(failures.lost(READ, "silence")).endswith(
        "silence. Nothing was changed; calling again is safe."
    )


def test_a_change_to_a_fixed_state_may_be_made_again() -> None:
    """The advice after a lost answer fits the call: an abort is the same done twice."""
    assert "Calling again is safe" in str(failures.lost(ABORT, "gone"))
    assert "before you call again" in str(failures.lost(SEND, "gone"))


def test_a_cancellation_says_what_it_broke_off() -> None:
    """The message, if there is one, and what is known of it; also of an interrupt."""
    for broken in (KeyboardInterrupt(), GeneratorExit(), MemoryError()):
        with (
            pytest.raises(type(broken)),
            failures.said_when_broken_off(SEND, lambda: Verdict.UNKNOWN),
            failures.said_when_broken_off(DELETE, lambda: Verdict.NOT_SENT),
        ):
            raise broken
        assert broken.__notes__ == [
            "DELETE /addressbook/contact/{ContactID} was broken off; verdict NOT_SENT: not sent.",
            "POST /send/sms of message ID1 was broken off; verdict UNKNOWN: unknown.",
        ]


# -- what an answer looked like --------------------------------------------------------------------


@pytest.mark.parametrize(("status", "kind"), [(200, InvalidResponse), (502, ServerError)])
def test_the_beginning_of_a_page_is_kept_of_a_read(status: int, kind: type[Any]) -> None:
    """Up to 2,000 characters, numbers masked: it says what stands between us and the provider."""
    page = b"<h1>Welcome, +61421000001, to Airport WiFi</h1>" + b"x" * 3000 + b"\xff"
    error = said(READ, status, page)
    assert type(error) is kind
    assert error.snippet.startswith("<h1>Welcome, ...001, to Airport WiFi</h1>xxx")
    assert len(error.snippet) == 2003  # with three dots
    assert said(READ, status).snippet is None


@pytest.mark.parametrize("status", [200, 502])
def test_a_page_is_not_kept_of_a_call_that_carried_something(status: int) -> None:
    """It may echo the text and the numbers."""
    assert said(ABORT, status, b"<h1>You sent: Hello</h1>").snippet is None


# -- a repetition after a doubt --------------------------------------------------------------------


@pytest.mark.parametrize(("request_", "key"), [(ABORT, "message_id"), (DELETE, "contact_id")])
def test_what_is_not_found_any_more_was_removed(request_: Request[Any], key: str) -> None:
    """The answer that was lost is made up of what is known: which object it was."""
    answer = after_doubt(request_, NotFound("x", status=404))
    assert getattr(answer, key) in {"ID1", "C1"}
    assert type(answer) is request_.operation.answer


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NotSent("It was refused."), OutcomeUnknown),
        (NotSentInTime("It was too late."), UnknownAtDeadline),
        (Rejected("It was bad.", status=400), OutcomeUnknown),
        (RateLimited("It was too much.", status=429), OutcomeUnknown),
        (Redirected("It is elsewhere.", status=302), OutcomeUnknown),
    ],
)
def test_a_proof_about_a_repetition_is_none_about_the_first(error: Any, kind: Any) -> None:
    """Unclear, with what happened last as its cause, and its Retry-After."""
    error.retry_after = 7.0
    error.verdict = Verdict.NOT_SENT if isinstance(error, NotSent) else Verdict.REJECTED
    with pytest.raises(OutcomeUnknown, match=f"ended as {type(error).__name__}") as caught:
        after_doubt(ABORT, error)
    assert type(caught.value) is kind
    assert (caught.value.verdict, caught.value.message_id) == (Verdict.UNKNOWN, "ID1")
    assert caught.value.retry_after == 7.0
    assert caught.value.__cause__ is error


def test_another_doubt_is_told_as_it_is() -> None:
    """It says already that nobody knows."""
    error = ServerError("x", status=500, verdict=Verdict.UNKNOWN)
    with pytest.raises(ServerError) as caught:
        after_doubt(ABORT, error)
    assert caught.value is error
