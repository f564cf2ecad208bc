"""API bodies as XML: the JSON's names, lists in wrappers, and nothing lost on the way."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from hypothesis import given, settings, strategies as st

import bestsms
from bestsms._wire.xml import NotXML
from bestsms._wire.xml_body import LISTS, NotWritable, dumps, loads

SEND = {
    "MessageData": {
        "Message": "R&D <1> 2>1\r\nÆ 😀",
        "Destinations": [{"Recipient": "+61421000001", "Custom1": ""}, {"GroupID": "G1"}],
        "CharacterConversion": True,
        "Files": [{"Name": "a.pdf", "Data": "JVBERg=="}],
    }
}


def test_a_send_is_written_as_the_vendors_own_client_does() -> None:
    """A list is an element with a child an item (wire-facts 1.3); all of it parses elsewhere."""
    body = dumps(SEND, "SMSRequest")
    assert body.startswith(b'<?xml version="1.0" encoding="UTF-8"?><SMSRequest><MessageData>')
    root = ET.fromstring(body)
    assert root.tag == "SMSRequest"
    assert root.findtext("MessageData/Message") == "R&D <1> 2>1\r\nÆ 😀"
    assert root.findtext("MessageData/CharacterConversion") == "true"
    numbers = [each.findtext("Recipient") for each in root.iterfind("MessageData/Destinations/*")]
    assert numbers == ["+61421000001", None]
    assert {each.tag for each in root.iterfind("MessageData/Destinations/*")} == {"Destination"}
    assert root.findtext("MessageData/Files/File/Name") == "a.pdf"


def test_an_answer_is_read_under_the_jsons_names() -> None:
    """Objects, lists of one, lists of none, and empty elements, which are absent later (U12)."""
    body = b"""<?xml version='1.0'?>
<root><Result>Success</Result><Reference/>
  <Recipients>
    <Recipient><Destination>+61421000001</Destination>
      <SMSReplies><SMSReply><From>+61421000001</From></SMSReply></SMSReplies></Recipient>
  </Recipients>
  <Contact><FirstName> Jess </FirstName></Contact><Groups></Groups>
</root>"""
    assert loads(body) == {
        "Result": "Success",
        "Reference": "",
        "Recipients": [
            {"Destination": "+61421000001", "SMSReplies": [{"From": "+61421000001"}]},
        ],
        "Contact": {"FirstName": " Jess "},
        "Groups": [],
    }


def test_reasons_are_repeated_without_a_wrapper() -> None:
    """One is a text, several are a list, as they may be in JSON (T53)."""
    one = b"<root><Result>Failed</Result><ErrorMessage>a</ErrorMessage></root>"
    assert loads(one) == {"Result": "Failed", "ErrorMessage": "a"}
    two = one.replace(b"</root>", b"<ErrorMessage>b</ErrorMessage></root>")
    assert loads(two) == {"Result": "Failed", "ErrorMessage": ["a", "b"]}
    assert dumps({"Result": "Failed", "ErrorMessage": ["a", "b"]}, "root").endswith(two)


@pytest.mark.parametrize(
    "groups",
    [
        "<Groups><GroupID>1</GroupID></Groups>",
        "<Groups><Group><GroupID>1</GroupID></Group></Groups>",
        "<Groups><Item><GroupID>1</GroupID></Item></Groups>",
    ],
)
def test_a_list_is_known_by_its_name(groups: str) -> None:
    """One object where a list is due (T66), and items under another name than ours."""
    assert loads(f"<root>{groups}</root>".encode()) == {"Groups": [{"GroupID": "1"}]}


def test_a_repeated_list_is_one() -> None:
    """The older documents repeat the wrapper itself for each item."""
    body = (
        b"<root><Groups><GroupID>1</GroupID></Groups><Groups><GroupID>2</GroupID></Groups></root>"
    )
    assert loads(body) == {"Groups": [{"GroupID": "1"}, {"GroupID": "2"}]}


@pytest.mark.parametrize(
    "body", [b"<html><body>portal</body></html>", b"<a/>", b"<root>", b"<!DOCTYPE root><root/>"]
)
def test_another_document_is_no_answer(body: bytes) -> None:
    """A captive portal must not be taken for a deletion that worked."""
    with pytest.raises(NotXML):
        loads(body)


def test_an_answer_may_have_another_root() -> None:
    """It is one if it says how the call went: the roots of real ones are not certain (U11)."""
    assert loads(b"<SMSResponse><Result>Success</Result></SMSResponse>") == {"Result": "Success"}
    assert loads(b"<root/>") == {}


@pytest.mark.parametrize("character", ["\0", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_what_xml_can_not_hold_is_refused(character: str) -> None:
    """Where it stands is said, and nothing of the text."""
    with pytest.raises(NotWritable) as caught:
        dumps({"MessageData": {"Message": f"ab{character}"}}, "SMSRequest")
    assert (caught.value.path, caught.value.index) == ("MessageData/Message", 2)
    assert caught.value.code_point == ord(character)


texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff").filter(
        lambda c: c >= " " or c in "\t\n\r"
    ),
    min_size=1,
)
names = st.from_regex(r"[A-Z][A-Za-z0-9]{0,8}", fullmatch=True).filter(
    lambda name: name not in LISTS and name not in LISTS.values()
)
objects = st.recursive(
    st.dictionaries(names, texts, min_size=1),
    lambda inner: st.one_of(
        st.dictionaries(names, inner, min_size=1),
        st.dictionaries(st.sampled_from(sorted(LISTS)), st.lists(inner), min_size=1),
    ),
    max_leaves=8,
)


@settings(max_examples=20)
@given(objects)
def test_what_was_written_is_read_back(payload: dict[str, Any]) -> None:
    """Every text, also of line ends and blanks, in any nesting that the API has."""
    assert loads(dumps(payload, "root")) == payload


def test_every_list_of_the_api_is_known() -> None:
    """Each array of the description has its items named here, in the singular."""
    from pathlib import Path

    path = Path(bestsms.__file__).parent / "_codegen" / "openapi.yaml"
    schemas = yaml.safe_load(path.read_text(encoding="utf-8"))["components"]["schemas"]
    arrays = {
        name
        for schema_name, schema in schemas.items()
        if schema_name != "Failure"
        for part in [*schema.get("allOf", []), schema]
        for name, each in part.get("properties", {}).items()
        if each.get("type") == "array"
    }
    assert arrays | {"ReceivedMessages"} == LISTS.keys()
    assert all(item in {name[:-1], f"{name[:-3]}y"} for name, item in LISTS.items())
