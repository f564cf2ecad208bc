"""JSON, strictly: one document in UTF-8, decimal fractions, and one error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import example, given, strategies as st

from bestsms._wire import json as wire_json
from bestsms._wire.json import NotJSON, dumps, loads


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"{} {}",
        b"<html>",
        b'{"Price": NaN}',
        b'{"Price": Infinity}',
        b'{"Price": -Infinity}',
        b'"\xff"',
        '{"Result": "Success"}'.encode("utf-16"),
        b"9" * 5_000,
        b"1e99999999999999999999",
        b"[" * 100_000,
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_not_one_document_is_not_json(body: bytes) -> None:
    """Cut, doubled, not UTF-8, too long a number or too deep: one error, of one type."""
    with pytest.raises(NotJSON):
        loads(body)


def test_the_error_holds_nothing_of_the_body() -> None:
    """Its cause would carry the whole document, with numbers and texts."""
    with pytest.raises(NotJSON) as caught:
        loads(b'{"Message": "secret", ')
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_price_keeps_its_digits() -> None:
    """Fractions are decimal, so that 0.10 stays 0.10."""
    assert loads(b'{"Price": 0.10}') == {"Price": Decimal("0.10")}
    assert str(loads(b"0.10")) == "0.10"


def test_a_byte_order_mark_is_no_part_of_the_document() -> None:
    """Some servers put one in front."""
    assert loads(b'\xef\xbb\xbf{"Result": "Success"}') == {"Result": "Success"}


def test_what_goes_out_is_compact_utf8() -> None:
    """One character of a text is not six bytes of escapes: the 20 MB are for destinations."""
    assert dumps({"Message": "čau €", "N": [1]}) == '{"Message":"čau €","N":[1]}'.encode()


def test_half_a_surrogate_pair_can_not_go_out() -> None:
    """No encoding carries it; the caller of ``dumps`` says which field."""
    with pytest.raises(UnicodeEncodeError):
        dumps({"Message": "\ud83d"})


@given(st.binary() | st.text(alphabet='[]{}":,.0123456789eE-+truefalsn \\u').map(str.encode))
@example(b"-1E+99999999999999999999")
def test_only_the_typed_error_is_raised(body: bytes) -> None:
    """Any bytes at all are a value or NotJSON, and no other parser takes what this one refuses."""
    try:
        value = loads(body)
    except NotJSON:
        return
    assert json.loads(body.decode("utf-8-sig"), parse_float=Decimal) == value


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=9,
)


@given(VALUES)
@example("".join(map(chr, range(0xD800))))
@example(2**64)
def test_what_goes_out_comes_back(value: object) -> None:
    """Encoding and decoding are each other's inverse."""
    assert loads(dumps(value)) == value


@given(VALUES)
@example("".join(map(chr, range(0xD800))))
@example(2**64)
def test_what_goes_out_is_the_same_with_and_without_orjson(value: object) -> None:
    """The digest of a body, and so a resumed send, does not depend on what is installed."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    assert dumps(value) == plain


@pytest.fixture
def core_install(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if orjson were not there."""
    monkeypatch.setitem(sys.modules, "orjson", None)
    wire_json._writer.cache_clear()
    yield
    wire_json._writer.cache_clear()


@pytest.mark.usefixtures("core_install")
def test_orjson_is_not_needed() -> None:
    """Same bytes, same error."""
    assert dumps({"Message": "čau €", "N": [1]}) == '{"Message":"čau €","N":[1]}'.encode()
    with pytest.raises(UnicodeEncodeError):
        dumps({"Message": "\ud83d"})


def test_a_document_of_a_million_empty_objects_is_refused() -> None:
    """It is small on the wire and a hundred times its size in memory; no answer has so many."""
    assert loads(b"[" + b"{}," * 99_000 + b"{}]") == [{}] * 99_001
    with pytest.raises(NotJSON, match="200,000 values"):
        loads(b"[" + b"{}," * 100_000 + b"{}]")
