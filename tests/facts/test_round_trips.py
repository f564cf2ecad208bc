"""Any model, written and read again, is the equal model: in JSON and in XML, in both versions."""

from __future__ import annotations

import functools
from decimal import Decimal
from typing import Any, get_args, get_origin

import attrs
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bestsms import api
from bestsms._wire.checks import HTTPSUrl
from bestsms._wire.convert import spellings, structure, to_dict
from bestsms._wire.files import File
from bestsms._wire.formats import WireFormat, decode, encode
from bestsms._wire.model import CHECK, VERSIONS, Answer, Model, OpenStrEnum

NAMED = [getattr(api, name) for name in api.__all__]
MODELS = sorted(
    (each for each in NAMED if isinstance(each, type) and issubclass(each, Model)),
    key=lambda model: model.__name__,
)
FORMS: tuple[WireFormat, ...] = ("json", "xml")
# XML 1.0 can carry these and no others.
TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r<>&\"']"),
    min_size=1,
    max_size=20,
)
# What every check of a request's text lets through, the strict one of MessageID included.
WORD = st.from_regex(r"[A-Za-z0-9-]{1,40}", fullmatch=True)
PLAIN: dict[type, st.SearchStrategy[Any]] = {
    int: st.integers(-(10**18) + 1, 10**18 - 1),
    bool: st.booleans(),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
}
# Of what the references do not name XML can say only that it is text.
KEPT = st.dictionaries(st.from_regex(r"X-[A-Za-z0-9]{1,9}", fullmatch=True), TEXT, max_size=3)


def values(kind: Any, text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Values of a kind."""
    if get_origin(kind) is tuple:
        return st.lists(values(get_args(kind)[0], text), min_size=1, max_size=3).map(tuple)
    if get_args(kind):
        # An object without any field is as absent as a text without any character (U12).
        found = values(get_args(kind)[0], text)
        return found.filter(lambda value: not isinstance(value, Model) or bool(to_dict(value)))
    if issubclass(kind, Model):
        return models(kind)
    if issubclass(kind, OpenStrEnum):
        # The blanks around a word are a document's, not the word's.
        words = TEXT.map(str.strip).filter(bool).map(kind)
        return st.sampled_from(kind) | (words if text is TEXT else st.nothing())
    return text if kind is str else PLAIN[kind]


@functools.cache
def models(kind: type[Model]) -> st.SearchStrategy[Model]:
    """Models of a kind, with any of their fields."""
    if kind is File:
        return st.builds(File.from_bytes, st.binary(min_size=1), name=TEXT.filter(str.strip))
    answer = issubclass(kind, Answer)
    fields: dict[str, st.SearchStrategy[Any]] = {"extra": KEPT} if answer else {}
    for field in attrs.fields(kind):
        if field.name == "extra":
            continue
        if isinstance(field.metadata.get(CHECK), HTTPSUrl):
            found = WORD.map("https://example.com/?a=1&b={}".format)
        else:
            found = values(field.type, TEXT if answer else WORD)
        optional = field.default is not attrs.NOTHING
        fields[field.name] = st.just(field.default) | found if optional else found
    if kind is api.Destination:
        keys = ("recipient", "contact_id", "group_id", "group_code")
        absent = dict.fromkeys(keys, st.none())
        return st.one_of(*(st.builds(kind, **fields | absent | {key: WORD}) for key in keys))
    return st.builds(kind, **fields)


def as_read_of(version: str, payload: dict[str, Any], kind: type[Model]) -> dict[str, Any]:
    """Give a request the names that it is read by: those of 2.04."""
    own = {field.metadata.get(VERSIONS, {}).get(version): spellings(field)[0]
           for field in attrs.fields(kind)}  # fmt: skip
    return {own.get(name, name): value for name, value in payload.items()}


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(version=st.sampled_from(["2.04", "2.03"]), data=st.data())
def test_a_model_survives_the_wire(kind: type[Model], version: str, data: st.DataObject) -> None:
    """No field is lost, renamed, or read as another, whatever its text holds."""
    model = data.draw(models(kind))
    for form in FORMS:
        payload: Any = decode(encode(to_dict(model, version), form, "root"))
        assert structure(as_read_of(version, payload, kind), kind) == model


@given(text=TEXT)
def test_the_formats_say_the_same_text(text: str) -> None:
    """Markup, quotes, line ends and spaces at either end arrive as they were."""
    payload = {"Message": text, "Result": "Success"}
    assert decode(encode(payload, "xml", "root")) == decode(encode(payload, "json", "root"))


@given(data=st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_a_report_is_the_same_in_both_formats(data: st.DataObject) -> None:
    """The one with the deepest lists, of any length."""
    payload = to_dict(data.draw(models(api.Report)), "2.04")
    in_json, in_xml = (decode(encode(payload, form, "root")) for form in FORMS)
    assert structure(in_json, api.Report) == structure(in_xml, api.Report)


@pytest.mark.parametrize("form", FORMS)
def test_an_item_without_fields_is_an_item(form: WireFormat) -> None:
    """A list keeps its length, in XML too, where an empty item looks like an empty text."""
    report = api.Report(status=api.JobStatus.PENDING, recipients=(api.Recipient(),) * 2)
    assert structure(decode(encode(to_dict(report), form, "root")), api.Report) == report
