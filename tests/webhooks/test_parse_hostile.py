"""What is not read of a webhook: everything beyond a bound, and everything ambiguous (FAULTS 3)."""

from __future__ import annotations

import json

import pytest

from bestsms import BestSMSError
from bestsms.webhooks import InvalidWebhook, UnknownEvent, parse, verify
from bestsms.webhooks.reading import MOST_BYTES, MOST_DEPTH, MOST_ESCAPES, MOST_FIELDS

KEY = "ta8wr7ymd"
PAIR = {"sender": "me@example.com", "api_key": KEY}
BOMB = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 12))


def refused(body: bytes | str, content_type: str | None = None) -> str:
    """Return the error of a body that is not read, which is no webhook of ours either."""
    assert verify(body, content_type, **PAIR) is False
    with pytest.raises(InvalidWebhook) as caught:
        parse(body, content_type)
    assert isinstance(caught.value, BestSMSError)
    assert isinstance(caught.value, ValueError)
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return str(caught.value)


def nested(depth: int) -> str:
    """Return a JSON body of so many values in each other."""
    return '{"a":' * depth + "1" + "}" * depth


@pytest.mark.parametrize(
    "body",
    [
        *("", " ", "\ufeff", "null", "true", "7", '"text"', "hello", "[]", '[{"Type": "SMS"}]'),
        *("{}", "<root/>", "<root>text</root>", "<root></root> <root></root>", "{", "{}{}", "<"),
        *('{"Type": NaN}', '{"Type": Infinity}', '{"Type": -Infinity}', "{'Type': 'SMS'}"),
        *("Type", "Type=SMS&Destination", "&", "Type=%ff", "a=1&a=2"),
        *("[" * 100_000, '{"a":' * 40_000, '{"a":' * 3_000, "<a>" * 80_000),
        *(b"\xff", b'{"Type": "\xe9"}', "{}".encode("utf-16"), '{"a": 1}'.encode("utf-16-le")),
        *(b"<root><Type>\xe9</Type></root>", b"\xff\xfe\x00", b"Type=\xe9", b"\0", b"\0" * 1000),
        "\ud800",
    ],
    ids=lambda body: repr(body[:20]),
)
@pytest.mark.parametrize("content_type", [None, "application/json", "text/xml"])
def test_what_holds_no_fields_is_no_webhook(body: bytes | str, content_type: str | None) -> None:
    """Cut, doubled, in another encoding, empty, a list or a single value: one error."""
    assert refused(body, content_type).startswith("The webhook's body ")


@pytest.mark.parametrize(
    "prolog",
    [
        f"<!DOCTYPE root [<!ENTITY b0 'ha'>{BOMB}]>",
        "<!DOCTYPE root [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE root SYSTEM 'http://127.0.0.1:1/x.dtd'>",
        "<!DOCTYPE root [<!ENTITY % p SYSTEM 'http://127.0.0.1:1/x.dtd'> %p;]>",
        "<!DOCTYPE root [<!ATTLIST root a CDATA 'x'>]>",
        "<!DOCTYPE root>",
        "<!-- <root> --><?x <root>?>\n<!DOCTYPE root>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_any_document_type_is_refused(prolog: str, encoding: str) -> None:
    """Bombs, files of this machine, and calls to others all begin with one."""
    body = f"<?xml version='1.0'?>\n{prolog}<root><Type>SMS</Type><A>&x;&b11;</A></root>"
    assert "document type" in refused(body.encode(encoding))


def test_a_reply_may_speak_of_a_document_type() -> None:
    """It is text there, and refusing it would lose a message."""
    body = "<root><Message><![CDATA[<!DOCTYPE html>]]></Message><!-- <!DOCTYPE a> --></root>"
    assert parse(body).fields == {"Message": "<!DOCTYPE html>"}


@pytest.mark.parametrize(
    "body",
    [
        '{"APIKey": "ta8wr7ymd", "APIKey": "evil"}',
        '{"X": {"a": 1, "a": 2}}',
        "<root><APIKey>ta8wr7ymd</APIKey><APIKey>evil</APIKey></root>",
        "APIKey=ta8wr7ymd&APIKey=evil",
    ],
)
def test_a_name_that_comes_twice_is_refused(body: str) -> None:
    """Two readers may each believe another one of them."""
    assert refused(body) == "The webhook's body holds a name twice."


def test_a_body_has_at_most_256_kb() -> None:
    """Counted in bytes, before anything of it is read."""
    empty = len(json.dumps({"Message": ""}))
    assert isinstance(parse(json.dumps({"Message": "x" * (MOST_BYTES - empty)})), UnknownEvent)
    assert "larger than 262,144 bytes" in refused("{" + " " * MOST_BYTES)
    assert "larger" in refused("\u20ac" * (MOST_BYTES // 3 + 1))


def test_values_lie_at_most_16_deep() -> None:
    """A text that is all brackets is no answer either, however deep Python can go."""
    assert isinstance(parse(nested(MOST_DEPTH)), UnknownEvent)
    assert "too deep" in refused(nested(MOST_DEPTH + 1))
    assert "too deep" in refused('{"a":' + "[" * 500 + "]" * 500 + "}")
    tags = [f"<a{n}>" for n in range(MOST_DEPTH)]
    ends = [f"</a{n}>" for n in reversed(range(MOST_DEPTH))]
    assert isinstance(parse("".join((*tags, *ends))), UnknownEvent)
    assert "too deep" in refused("".join((*tags, "<b/>", *ends)))


def test_a_body_holds_at_most_200_values() -> None:
    """Nested ones included, and attributes of XML too."""
    several = {f"f{n}": "" for n in range(MOST_FIELDS)}
    assert isinstance(parse(json.dumps(several)), UnknownEvent)
    assert "more than 200 values" in refused(json.dumps({**several, "more": 1}))
    assert "more than 200 values" in refused(json.dumps({"a": [[1] * 100, [2] * 100]}))
    assert "more than 200 values" in refused('{"a":[' + "{}," * 80_000 + "{}]}")
    assert parse(json.dumps({"Message": "," * 3_900})).fields == {"Message": "," * 3_900}
    body = "".join(f"<{name}/>" for name in several)
    assert isinstance(parse(f"<root>{body}</root>"), UnknownEvent)
    assert "too many elements" in refused(f"<root>{body}<more/></root>")
    assert "too many elements" in refused(f"<root a='1'>{body}</root>")
    assert isinstance(parse("&".join(f"{name}=" for name in several)), UnknownEvent)
    refused("&".join(f"{name}=" for name in (*several, "more")))


def test_a_form_has_a_bounded_number_of_escapes() -> None:
    """As long as an SMS can be they are read; 256 KB of them would stop an event loop."""
    fields = f"Type=SMSInbound&Destination=61&Message={'%F0%9F%98%80' * 900}"
    assert parse(fields).message_text == "\U0001f600" * 900
    assert "more than 10,000 escapes" in refused("a=" + "%41" * (MOST_ESCAPES + 1))
    assert "more than 10,000 escapes" in refused("a=" + "%" * (MOST_BYTES - 2))


@pytest.mark.parametrize("body", ['{"Message": "hush", ', "<root><Message>hush</Message>", "hush"])
def test_the_error_holds_nothing_of_the_body(body: str) -> None:
    """It goes into a log, and the body has a number, a text, and the APIKey."""
    assert "hush" not in refused(body)


@pytest.mark.parametrize(
    "name", ["latin-1", "cp1252", "utf-7", "unicode_escape", "idna", "zlib", "x"]
)
def test_another_declared_encoding_is_refused(name: str) -> None:
    """U29: it is UTF-8 everywhere. No codec is looked up by a name that came from outside."""
    body = f"<?xml version='1.0' encoding='{name}'?><root><Type>SMS</Type></root>"
    assert "another encoding" in refused(body)


@pytest.mark.parametrize("ref", ["&x;", "&amp", "<", "]]>", "&#1114112;"])
def test_what_is_not_well_formed_is_refused(ref: str) -> None:
    """Also entities that nobody declared."""
    assert "not well-formed" in refused(f"<root><Message>{ref}</Message></root>")


@pytest.mark.parametrize(
    "ref", ["&#0;", "&#x1F;", "&#012;", "&#xD800;", "&#xFFFE;", "\x01", "\ufffe"]
)
def test_what_xml_can_not_hold_is_replaced(ref: str) -> None:
    """A form feed in a stranger's text must not cost the event, posted in vain for a day."""
    event = parse(f"<root><Type>Fax</Type><Message>a{ref}&#13;&lt;{ref}</Message></root>")
    assert isinstance(event, UnknownEvent)
    assert event.fields["Message"] == "a\ufffd\r<\ufffd"


def test_what_no_database_takes_is_replaced_in_names_and_forms_too() -> None:
    """PostgreSQL takes no NUL, and the provider would come again for a day."""
    assert parse('{"a\\u0000": "", "\\ud800": ""}').fields == {"a\ufffd": "", "\ufffd": ""}
    assert parse("a%00b=c%00").fields == {"a\ufffdb": "c\ufffd"}
