"""Rows to bytes: within a budget, and the same whatever encodes them."""

from __future__ import annotations

import sys

import orjson
import pytest
from hypothesis import given, strategies as st

from bestsms._wire import json
from bestsms.bulk.packing import encoder, packed

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
ROWS = st.lists(st.dictionaries(st.sampled_from(["Recipient", "Custom1"]), TEXTS))


@given(ROWS)
def test_both_encoders_write_the_same_bytes(rows: list[dict[str, str]]) -> None:
    """So a campaign that was begun with one can be resumed with the other."""
    assert json.dumps(rows) == orjson.dumps(rows)


def test_the_faster_encoder_is_used_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the standard library's where it is not."""
    encoder.cache_clear()
    assert encoder() is orjson.dumps
    monkeypatch.setitem(sys.modules, "orjson", None)
    encoder.cache_clear()
    assert encoder() is json.dumps
    encoder.cache_clear()


@given(
    texts=st.lists(st.text("ab", max_size=60), min_size=1, max_size=30), budget=st.integers(20, 300)
)
def test_rows_are_halved_until_they_fit(texts: list[str], budget: int) -> None:
    """All of them, in their order; only one that is over the budget alone does not fit."""
    found = list(packed(len(texts), budget, lambda start, end: json.dumps(texts[start:end])))
    assert [text for each in found for text in texts[each.start : each.end]] == texts
    for each in found:
        assert each.encoded == json.dumps(texts[each.start : each.end])
        assert len(each.encoded) <= budget or each.end - each.start == 1


def test_no_rows_are_no_part() -> None:
    """A request of none would be refused."""
    assert list(packed(0, 1000, lambda *_: b"[]")) == []
