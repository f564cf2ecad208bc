"""Whether a webhook is the provider's: both halves of the secret, in the body and the headers."""

from __future__ import annotations

import hmac
import itertools
import json

import pytest
from hypothesis import given, strategies as st

from bestsms import ConfigurationError
from bestsms.webhooks import verify
from bestsms.webhooks.authenticity import fits

SENDER, KEY = "application@domain.com", "ta8wr7ymd"
PAIR = {"Sender": SENDER, "APIKey": KEY}


def said(fields: object, headers: dict[str, str] | None = None, **changed: object) -> bool:
    """Ask of a JSON body."""
    valid = {"sender": SENDER, "api_key": KEY, **changed}
    return verify(json.dumps(fields), "application/json", headers, **valid)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({**PAIR, "Type": "SMS"}),
        f"<?xml version='1.0'?><root><Sender>{SENDER}</Sender><APIKey>{KEY}</APIKey></root>",
        "Sender=application%40domain.com&APIKey=ta8wr7ymd&Type=SMS",
    ],
    ids=["JSON", "XML", "form"],
)
def test_the_pair_in_the_body_is_enough(body: str) -> None:
    """2.03 has it nowhere else (T85)."""
    assert verify(body, sender=SENDER, api_key=KEY)
    assert verify(body.encode(), "text/plain", {}, sender=SENDER, api_key=KEY)
    assert not verify(body, sender=SENDER, api_key=f"{KEY}x")
    assert not verify(body, sender=f"x{SENDER}", api_key=KEY)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"Type": "SMS"},
        {"Sender": SENDER},
        {"APIKey": KEY},
        {"Sender": KEY, "APIKey": SENDER},
        {"Sender": SENDER, "APIKey": ""},
        {"Sender": "", "APIKey": ""},
        {"Sender": None, "APIKey": None},
        {"Sender": SENDER, "APIKey": "x"},
        {"Sender": "x", "APIKey": KEY},
        {"Sender": SENDER.upper(), "APIKey": KEY},
        {"Sender": SENDER, "APIKey": f"{KEY} "},
        {"Sender": [SENDER], "APIKey": KEY},
        {"Sender": SENDER, "APIKey": {"a": KEY}},
        {"Sender": SENDER, "APIKey": True},
        {"Sender": SENDER, "apikey": KEY},
        {"Sender": SENDER, "APIKey": "\ud800"},
        {"Sender": "\u00e9", "APIKey": "k" * 100_000},
        {"AuthToken": KEY},
    ],
)
def test_a_pair_that_does_not_fit_is_refused(fields: dict[str, object]) -> None:
    """Wrong, swapped, missing, blank, nested, of another case, non-ASCII or endless: one answer."""
    assert said(fields) is False


@pytest.mark.parametrize(
    ("headers", "whole"),
    [
        ({}, True),
        ({"Content-Type": "application/json", "X-Timestamp": "long ago"}, True),
        ({"X-Sender": SENDER, "Authorization": KEY}, True),
        ({"x-sender": SENDER, "AUTHORIZATION": KEY}, True),
        ({"X-Sender": SENDER}, True),
        ({"Authorization": "x"}, False),
        ({"Authorization": f"Basic {KEY}"}, False),
        ({"x-sender": "x", "authorization": KEY}, False),
        ({"x-sender": "", "authorization": KEY}, False),
        ({"authorization": KEY, "Authorization": "x"}, False),
        ({"authorization": "\ud800\u20ac"}, False),
    ],
)
def test_headers_that_are_there_must_fit_too(headers: dict[str, str], *, whole: bool) -> None:
    """2.04 sends both in headers, with names in any case; other headers say nothing (U8)."""
    assert said(PAIR, headers) is whole
    assert said({"Type": "SMS"}, headers) is False


def test_several_keys_are_valid_while_one_is_changed() -> None:
    """In any order, and each half on its own."""
    for keys in itertools.permutations([KEY, "the-old-one", "another"]):
        assert said(PAIR, {"authorization": "the-old-one"}, api_key=keys)
        assert said(PAIR, sender=["old@domain.com", SENDER], api_key=keys)
    assert not said(PAIR, api_key=["the-old-one", "another"])


@pytest.mark.parametrize("key", ["clé", "ключ", "\U0001f511"])
def test_a_key_need_not_be_ascii(key: str) -> None:
    """It is compared as bytes; a server may have read the header's as Latin-1."""
    fields = {"Sender": SENDER, "APIKey": key}
    assert said(fields, {"Authorization": key}, api_key=key)
    assert said(fields, {"Authorization": key.encode().decode("latin-1")}, api_key=key)
    assert not said(fields, {"Authorization": key.encode().decode("latin-1") + "?"}, api_key=key)


@pytest.mark.parametrize("blank", ["", " ", [], [KEY, ""], ()])
def test_nothing_blank_is_valid(blank: object) -> None:
    """A setting that was forgotten would let in whatever has no key; so it is refused at once."""
    with pytest.raises(ConfigurationError, match=r"^api_key: "):
        said({"Sender": SENDER}, api_key=blank)
    with pytest.raises(ConfigurationError, match=r"^sender: "):
        said({"Sender": SENDER}, sender=blank)


@pytest.mark.parametrize(
    "body", ["", "[]", "{", b"\xff", '{"APIKey":1,"APIKey":1}', "<!DOCTYPE a>"]
)
def test_what_can_not_be_read_is_nobodys(body: str | bytes) -> None:
    """False, and no error."""
    assert verify(body, sender=SENDER, api_key=KEY) is False


@pytest.mark.parametrize("fields", [PAIR, {}, {"Sender": "x" * 1_000, "APIKey": "y"}])
def test_all_is_compared_whatever_fits(
    fields: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time says nothing of what fits, nor of how long a key is."""
    compared: list[int] = []
    compare = hmac.compare_digest

    def noted(one: bytes, other: bytes) -> bool:
        compared.extend((len(one), len(other)))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", noted)
    fits(fields, {}, [SENDER, "old@domain.com"], [KEY, "b", "c"])
    assert compared == [32] * 10


scalars = st.none() | st.booleans() | st.integers() | st.text() | st.just(KEY) | st.just(SENDER)


@given(st.dictionaries(st.sampled_from(["Sender", "APIKey", "X"]), scalars | st.lists(scalars)))
def test_only_the_pair_fits(fields: dict[str, object]) -> None:
    """Whatever is posted; half of a surrogate pair does not make it raise."""
    assert said(fields) == (fields.get("Sender") == SENDER and fields.get("APIKey") == KEY)


@given(st.dictionaries(st.text(), st.text()), st.text())
def test_no_header_makes_it_raise(headers: dict[str, str], text: str) -> None:
    """Names and texts are whatever came."""
    assert said(PAIR, {**headers, "Authorization": text}) is (text == KEY)
