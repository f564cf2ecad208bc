"""Answers, deciphered without a network: yes, no, or nobody knows."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from hypothesis import example, given, strategies as st

from bestsms import (
    AuthenticationFailed,
    BestSMSError,
    Contact,
    InvalidResponse,
    NoAnswer,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Redirected,
    Rejected,
    Report,
    ResponseTooLarge,
    SendResult,
    ServerError,
    Verdict,
)
from bestsms._answers import decipher
from bestsms._protocol import Operation, Request, Response, Safety

READ = Operation(
    name="reports.status",
    method="GET",
    path="/get/status/{MessageID}",
    safety=Safety.SAFE,
    answer=Report,
    expect=("Status",),
)
CHANGE = attrs.evolve(READ, name="actions.abort", method="PATCH", safety=Safety.IDEMPOTENT)
SEND = Operation(
    name="messaging.send_sms",
    method="POST",
    path="/send/sms",
    safety=Safety.UNSAFE,
    answer=SendResult,
    expect=("MessageID",),
    wrap="MessageData",
)
DELETE = Operation(
    name="contacts.delete",
    method="DELETE",
    path="/addressbook/contact/{ContactID}",
    safety=Safety.IDEMPOTENT,
    answer=Contact,
    unwrap="Contact",
)


def request(operation: Operation[Any]) -> Request[Any]:
    """A request of an operation, about message ID1 (of a delete: about a contact)."""
    return Request(
        operation=operation,
        target="/",
        headers={},
        message_id=None if operation is DELETE else "ID1",
    )


def answered(operation: Operation[Any], status: int, body: object, **headers: str) -> Any:
    """What deciphering gives for an answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return decipher(request(operation), Response(status=status, headers=headers, body=content))


def refused(operation: Operation[Any], status: int, body: object, **headers: str) -> BestSMSError:
    """The error that deciphering raises for an answer."""
    with pytest.raises(BestSMSError) as caught:
        answered(operation, status, body, **headers)
    return caught.value


# -- answers that are yes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "result", [{}, {"Result": "Success"}, {"Result": "SUCCESS"}, {"Result": None}]
)
@pytest.mark.parametrize("status", [200, 201, 299])
def test_success_is_2xx_and_no_other_result(result: dict[str, Any], status: int) -> None:
    """T50, T51: ``Result`` is absent or Success in any case."""
    assert answered(SEND, status, {**result, "MessageID": "ID1"}).message_id == "ID1"


def test_blanks_around_an_id_are_not_another_id() -> None:
    """A pretty document has them; the text was sent all the same."""
    assert answered(SEND, 200, {"Result": " success ", "MessageID": " ID1\n"})


def test_an_answer_may_lie_under_a_key_or_flat() -> None:
    """T65: under ``Contact`` in 2.04, flat elsewhere."""
    for body in ({"Result": "Success", "Contact": {"ContactID": "C1"}}, {"ContactID": "C1"}):
        assert answered(DELETE, 200, body).contact_id == "C1"


@pytest.mark.parametrize("body", [b"", b" \r\n", b"{}"])
def test_a_delete_may_be_answered_with_nothing(body: bytes) -> None:
    """U17: where nothing is expected, an empty body is success."""
    assert answered(DELETE, 204, body) == Contact()


def test_a_fold_brings_other_shapes() -> None:
    """It is applied before the expected keys are looked for."""
    folded = attrs.evolve(READ, fold=lambda body: {"Status": body["Old"]})
    assert answered(folded, 200, {"Old": "Pending"}).status == "Pending"


# -- answers that are no ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"Result": "Failed", "ErrorMessage": ["Missing or empty message"]}, Rejected),
        (401, {"Result": "Unauthorized"}, AuthenticationFailed),
        (403, b"<html>", PermissionDenied),
        (404, b"", NotFound),
        (413, b"too large", Rejected),
        (415, {"type": "about:blank", "title": "Unsupported Media Type"}, Rejected),  # T76
        (429, {}, RateLimited),
        (200, {"Result": "Failed", "Message": "Missing Sender"}, Rejected),
        (400, {"Result": "Failed", "Message": "Message not found"}, NotFound),  # U1
        (200, {"Result": "Failed", "Message": "Message(s) NOT found"}, NotFound),
        (400, {"Result": "RecordNotFound", "Error": "Unable to find the contact"}, NotFound),
    ],
)
def test_no_is_a_rejection(status: int, body: object, kind: type[Rejected]) -> None:
    """Also with HTTP 200 (T50); a change was not made, and a read has no verdict."""
    for operation, verdict in (
        (SEND, Verdict.REJECTED),
        (CHANGE, Verdict.REJECTED),
        (READ, None),
    ):
        error = refused(operation, status, body)
        assert type(error) is kind
        assert (error.status, error.verdict, error.message_id) == (status, verdict, "ID1")
        assert ("Nothing was done." in str(error)) is (verdict is not None)


@pytest.mark.parametrize(
    ("body", "reasons"),
    [
        ({"Message": "Missing Sender"}, ("Missing Sender",)),
        ({"ErrorMessage": "text"}, ("text",)),
        ({"ErrorMessage": ["a", " b ", "", None, 7, "a"]}, ("a", "b")),
        ({"ErrorMessage": ["a"], "Message": "a", "Error": "c", "message": "d"}, ("a", "c", "d")),
        ({"Message": {"text": "a"}}, ()),
        ({"ErrorMessage": ["+61421000001 is no mobile"]}, ("...001 is no mobile",)),
        ([], ()),
    ],
)
def test_the_reasons_come_under_any_key(body: object, reasons: tuple[str, ...]) -> None:
    """T53: a text or a list, trimmed, once each, numbers masked."""
    error = refused(SEND, 400, body)
    assert isinstance(error, Rejected)
    assert error.errors == reasons
    assert all(reason.rstrip(".") in str(error) for reason in reasons)


def test_an_error_is_for_a_person() -> None:
    """Of a flood of reasons the first twenty are read, in no time and no space to speak of."""
    body = {"Result": "Failed", "ErrorMessage": [f"reason {number}" for number in range(90_000)]}
    error = refused(SEND, 400, body)
    assert isinstance(error, Rejected)
    assert error.errors == tuple(f"reason {number}" for number in range(20))
    assert len(str(error)) < 1_000


# -- answers that say nothing ----------------------------------------------------------------------

UNREADABLE: list[tuple[int, object, str]] = [
    (200, b"", "no answer of the API"),
    (200, b"<html>portal</html>", "no answer of the API"),
    (200, b'{"MessageID":"ID1', "no answer of the API"),
    (200, [], "no answer of the API"),
    (200, b"[1e99999999999999999999]", "no answer of the API"),
    (200, {"Result": "Success"}, "the answer lacks"),
    (200, {"Result": 0, "MessageID": "ID1", "Status": "Pending"}, "Result is neither"),
    (200, {"MessageID": ["ID1"], "Status": []}, r"at \$\.\w+ text is needed"),
    (200, {"MessageID": "ID2", "Status": "Pending"}, "about another MessageID"),
    (302, b"", "a redirect, which is never followed"),
    (307, b"", "a redirect, which is never followed"),
    (300, b"", "HTTP 300, which answers no call"),
    (304, b"", "HTTP 304, which answers no call"),
]


@pytest.mark.parametrize(("status", "body", "said"), UNREADABLE)
def test_an_unreadable_answer_to_a_send_leaves_it_unknown(
    status: int, body: object, said: str
) -> None:
    """It left, and may have been processed: look it up, never call again."""
    error = refused(SEND, status, body)
    assert type(error) is OutcomeUnknown
    assert (error.verdict, error.message_id) == (Verdict.UNKNOWN, "ID1")
    assert "Look message ID1 up" in str(error)
    assert isinstance(error.__cause__, InvalidResponse)
    with pytest.raises(InvalidResponse, match=said):
        raise error.__cause__


@pytest.mark.parametrize(("status", "body", "said"), UNREADABLE)
def test_an_unreadable_answer_to_another_call_is_an_invalid_response(
    status: int, body: object, said: str
) -> None:
    """With the status it came with; a change may have been made."""
    for operation, verdict in ((READ, None), (CHANGE, Verdict.UNKNOWN)):
        with pytest.raises(InvalidResponse, match=said) as caught:
            answered(operation, status, body)
        assert (caught.value.status, caught.value.verdict) == (status, verdict)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_over_tls_is_the_providers_own_no(status: int) -> None:
    """It came from the provider itself, which so did nothing; and the error names the host."""
    headers = {"location": "https://elsewhere.example/taken?x=1"}
    response = Response(status=status, headers=headers, body=b"", secure=True)
    for operation, verdict in ((SEND, Verdict.REJECTED), (CHANGE, Verdict.REJECTED), (READ, None)):
        with pytest.raises(Redirected, match=r"to elsewhere\.example, which is never") as caught:
            decipher(request(operation), response)
        assert (caught.value.verdict, caught.value.host) == (verdict, "elsewhere.example")


@pytest.mark.parametrize("status", [300, 303, 304, 305])
def test_not_every_3xx_over_tls_is_a_no(status: int) -> None:
    """It makes no sense, or may follow a request that was processed, as 303 does."""
    with pytest.raises(OutcomeUnknown):
        decipher(request(SEND), Response(status=status, headers={}, body=b"", secure=True))


def test_an_answer_that_was_not_read_whole_is_not_read_at_all() -> None:
    """Half of a JSON may be JSON; also of a no or an error nothing is believed then."""
    for status in (200, 400, 500):
        cut = Response(status=status, headers={}, body=b'{"Status":"x"}', whole=False)
        with pytest.raises(ResponseTooLarge, match="14 bytes and more"):
            decipher(request(READ), cut)


def test_an_invalid_response_names_the_path() -> None:
    """Where in the body the wrong value stands."""
    error = refused(READ, 200, {"Status": "Completed", "Recipients": [{"Status": {}}]})
    assert isinstance(error, InvalidResponse)
    assert error.path == "$.Recipients[0].Status"


def test_what_is_not_json_is_described_by_its_content_type() -> None:
    """Masked and cut: a header is the server's text like any other."""
    odd = {"content-type": "text/html; tel=+61421000001" + "x" * 99}
    assert "(text/html; tel=...001xxx" in str(refused(READ, 200, b"<", **odd))
    assert "(no content type)" in str(refused(READ, 200, b"<"))


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_a_server_error_means_unknown_for_a_send_only(status: int) -> None:
    """A gateway that answers 502 has forwarded the text; a read may simply be made again."""
    said = {"ErrorMessage": ["Error occurred while creating job"]}
    sent = refused(SEND, status, said)
    assert type(sent) is OutcomeUnknown
    assert f"HTTP {status}: Error occurred while creating job." in str(sent)
    for operation, verdict in ((READ, None), (CHANGE, Verdict.UNKNOWN)):
        error = refused(operation, status, b"<html>")
        assert type(error) is ServerError
        assert (error.status, error.verdict, error.message_id) == (status, verdict, "ID1")


def test_a_408_is_an_answer_that_never_came() -> None:
    """Gateways use it for a slow backend too, so a send may have been processed."""
    assert type(refused(SEND, 408, b"")) is OutcomeUnknown
    assert type(refused(CHANGE, 408, b"")) is OutcomeUnknown
    assert type(refused(READ, 408, b"")) is NoAnswer


# -- any answer at all -----------------------------------------------------------------------------


@given(
    operation=st.sampled_from([READ, CHANGE, SEND, DELETE]),
    status=st.integers(100, 999),
    body=st.binary(max_size=30)
    | st.dictionaries(
        st.sampled_from(["Result", "MessageID", "Status", "Message", "Contact", "Recipients"]),
        st.none() | st.integers() | st.text(max_size=9) | st.lists(st.text(max_size=3)),
    ),
)
@example(operation=SEND, status=200, body=b"1e99999999999999999999")
def test_any_answer_is_read_or_is_one_typed_error(
    operation: Operation[Any], status: int, body: object
) -> None:
    """And a send is never left without a verdict, nor said to be undone if nobody said so."""
    try:
        answer = answered(operation, status, body)
    except BestSMSError as error:
        answer = error
    if not isinstance(answer, BestSMSError):
        assert isinstance(answer, operation.answer)
        assert 200 <= status < 300
    elif operation is SEND:
        assert isinstance(answer, Rejected | OutcomeUnknown)
        assert answer.message_id == "ID1"
        said_no = 400 <= status < 500 or (isinstance(body, dict) and bool(body.get("Result")))
        assert answer.verdict is Verdict.UNKNOWN or said_no
    else:
        assert (answer.verdict is None) is (operation is READ)


def test_a_conflict_may_mean_that_an_earlier_copy_was_taken() -> None:
    """409 of a send is unknown (FAULTS 2.4), of any other call a plain no."""
    with pytest.raises(OutcomeUnknown) as caught:
        answered(SEND, 409, {"Message": "MessageID already exists"})
    assert caught.value.verdict is Verdict.UNKNOWN
    with pytest.raises(Rejected):
        answered(READ, 409, {})


@pytest.mark.parametrize("result", ["OK", "Accepted", True, ["Success"]])
def test_a_result_that_nobody_has_seen_is_no_refusal(result: object) -> None:
    """Only the known refusals mean that nothing was done; an unfamiliar word leaves it open."""
    with pytest.raises(OutcomeUnknown, match="Result"):
        answered(SEND, 200, {"Result": result, "MessageID": "ID1"})
    assert answered(SEND, 200, {"Result": "success ", "MessageID": "ID1"}).message_id == "ID1"
