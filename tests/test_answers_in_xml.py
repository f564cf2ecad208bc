"""Answers in XML, deciphered: the same models and the same errors as in JSON."""

from __future__ import annotations

from typing import Any

import pytest

from bestsms import (
    AuthenticationFailed,
    BestSMSError,
    InvalidResponse,
    NotFound,
    OutcomeUnknown,
    Rejected,
    Report,
    Verdict,
)
from bestsms._answers import decipher
from bestsms._protocol import Operation, Request, Response
from bestsms.api import messaging, reports

SEND = messaging._SEND_SMS
STATUS = reports._STATUS

BOMB = b"<!DOCTYPE root [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;'>]><root>&b;</root>"
OUTSIDE = b"<!DOCTYPE root SYSTEM 'file:///etc/passwd'><root><MessageID>ID1</MessageID></root>"

TWO_REASONS = b"""<root><Result>Failed</Result><ErrorMessage>a</ErrorMessage>
<ErrorMessage> b </ErrorMessage></root>"""


def answered(operation: Operation[Any], body: bytes, status: int = 200) -> Any:
    """What deciphering gives for an answer about message ID1."""
    request = Request(operation=operation, target="/", headers={}, message_id="ID1")
    return decipher(request, Response(status=status, headers={}, body=body))


def test_yes_in_xml_is_yes() -> None:
    """2xx, Success in any case, and the expected key (T50)."""
    body = b"<?xml version='1.0'?><root><Result>SUCCESS</Result><MessageID>ID1</MessageID></root>"
    assert answered(SEND, body).message_id == "ID1"


def test_texts_become_numbers_times_and_lists() -> None:
    """XML has texts alone; the model has what they say."""
    report = answered(
        STATUS,
        b"""<root><Result>Success</Result><MessageID>ID1</MessageID><Status>Completed</Status>
        <Count>2</Count><Price>0.10</Price><Reference></Reference>
        <CreatedTimeUTC_RFC3339>2024-05-01T03:51:42.000Z</CreatedTimeUTC_RFC3339>
        <Recipients><Recipient><Destination>+61421000001</Destination><Status>FAILED</Status>
        <Price/></Recipient></Recipients><New>x</New></root>""",
    )
    as_json = answered(
        STATUS,
        b"""{"Result":"Success","MessageID":"ID1","Status":"Completed","Count":2,"Price":0.10,
        "Reference":"","CreatedTimeUTC_RFC3339":"2024-05-01T03:51:42.000Z","New":"x",
        "Recipients":[{"Destination":"+61421000001","Status":"FAILED","Price":null}]}""",
    )
    assert isinstance(report, Report)
    assert report == as_json
    assert report.created_at is not None


def test_a_pretty_document_is_read_too() -> None:
    """With blanks around numbers, words and ids; those of a text are its own."""
    report = answered(
        STATUS,
        b"""<root><MessageID>
        ID1 </MessageID><Status> completed
        </Status><Count> 2 </Count><Price>\n0.10\n</Price>
        <Reference> a b </Reference></root>""",
    )
    assert (report.status, report.count, str(report.price)) == ("Completed", 2, "0.10")
    assert report.reference == " a b "


@pytest.mark.parametrize("character", ["\x0c", "&#xC;", "&#12;", "&#xFFFF;"])
def test_one_odd_character_hides_nothing(character: str) -> None:
    """XML can't hold it, and it is read as U+FFFD: the rest of the page is other people's."""
    page = f"<root><Reference>a{character}b</Reference><Status>Pending</Status></root>"
    assert answered(STATUS, page.encode()).reference == "a\ufffdb"


@pytest.mark.parametrize(
    ("status", "body", "kind", "reasons"),
    [
        (
            400,
            TWO_REASONS,
            Rejected,
            ("a", "b"),
        ),
        (200, b"<root><Result>Failed</Result><Message>a</Message></root>", Rejected, ("a",)),
        (401, b"<root><Result>Unauthorized</Result></root>", AuthenticationFailed, ()),
        (
            400,
            b"<root><Result>Failed</Result><Message>Message not found</Message></root>",
            NotFound,
            ("Message not found",),
        ),
    ],
)
def test_no_in_xml_is_a_rejection(
    status: int, body: bytes, kind: type[Rejected], reasons: tuple[str, ...]
) -> None:
    """With every repeated reason (T53), and the verdict of a send that was refused."""
    with pytest.raises(BestSMSError) as caught:
        answered(SEND, body, status)
    assert type(caught.value) is kind
    assert isinstance(caught.value, Rejected)
    assert caught.value.errors == reasons
    assert caught.value.verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        OUTSIDE,
        b"<root>" * 100 + b"</root>" * 100,
        b"<root>" + b"<a/>" * 200_001 + b"</root>",
        b"<root><MessageID>ID1</MessageID>",
        b"<html><body>portal</body></html>",
        b"<root><Result>Success</Result></root>",
        b"<root><MessageID><x>ID1</x></MessageID></root>",
    ],
    ids=["bomb", "outside", "deep", "many", "cut", "portal", "no id", "another shape"],
)
def test_hostile_xml_says_nothing(body: bytes) -> None:
    """No document type, no depth, no flood; the send stays unknown, and a read has no answer."""
    with pytest.raises(OutcomeUnknown) as caught:
        answered(SEND, body)
    assert isinstance(caught.value.__cause__, InvalidResponse)
    with pytest.raises(InvalidResponse):
        answered(STATUS, body)
