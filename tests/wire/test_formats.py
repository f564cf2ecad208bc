"""JSON or XML: a request has the one that was chosen, and an answer is read as what it is."""

from __future__ import annotations

import pytest

from bestsms._wire.formats import Unreadable, decode, encode


def test_a_body_is_written_as_chosen() -> None:
    """The root is XML's alone."""
    assert encode({"SendTime": "x"}, "json", "ResubmitRequest") == b'{"SendTime":"x"}'
    assert encode({"SendTime": "x"}, "xml", "ResubmitRequest").endswith(
        b"<ResubmitRequest><SendTime>x</SendTime></ResubmitRequest>"
    )


@pytest.mark.parametrize(
    "body",
    [
        b'{"Result":"Success"}',
        b'\xef\xbb\xbf {"Result":"Success"}',
        b"<root><Result>Success</Result></root>",
        b"\xef\xbb\xbf\r\n<root><Result>Success</Result></root>",
        "<root><Result>Success</Result></root>".encode("utf-16"),
    ],
)
def test_the_first_character_tells(body: bytes) -> None:
    """Whatever was asked for, and whatever the Content-Type says (U11)."""
    assert decode(body) == {"Result": "Success"}


@pytest.mark.parametrize("body", [b"", b"Result=Success", b"<html/>", b"<root>", b"{", b"\xff\xfe"])
def test_all_else_is_unreadable(body: bytes) -> None:
    """One error for both, which holds nothing of the body."""
    with pytest.raises(Unreadable) as caught:
        decode(body)
    assert caught.value.__cause__ is None
