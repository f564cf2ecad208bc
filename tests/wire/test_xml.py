"""XML, strictly: a small tree, no document types, and one error."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, strategies as st

from bestsms._wire import xml
from bestsms._wire.xml import Element, NotXML, read


def tree(body: str | bytes, *, max_depth: int = 9, max_elements: int = 99) -> Element:
    """Read a document within generous bounds."""
    raw = body.encode() if isinstance(body, str) else body
    return read(raw, max_depth=max_depth, max_elements=max_elements)


def test_a_document_is_a_small_tree() -> None:
    """Names and texts, in order; attributes, comments and instructions are left out."""
    body = '<?xml version="1.0" ?><r x="1"><!-- c --><a>1 &lt; 2</a><?p q?>t<n:b/><a> é </a></r>\n'
    assert tree(body) == Element(
        "r", "t", (Element("a", "1 < 2"), Element("n:b", ""), Element("a", " é "))
    )


@pytest.mark.parametrize("declared", ["", "UTF-8", "utf-8", "US-ASCII", "utf-16"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_bytes_decide_between_utf_8_and_utf_16(declared: str, encoding: str) -> None:
    """Programs of .NET declare UTF-16 and write UTF-8; a mark never lies."""
    named = f" encoding='{declared}'" if declared else ""
    assert tree(f"<?xml version='1.0'{named}?><r>€</r>".encode(encoding)) == Element("r", "€")


@pytest.mark.parametrize(
    "body",
    [
        *(
            "",
            " ",
            "text",
            "<r>",
            "<r></s>",
            "<r/><r/>",
            "<r a=1/>",
            "<r a='1' a='2'/>",
            "<r>&x;</r>",
        ),
        *("<r>\0</r>", " <?xml version='1.0'?><r/>", "<?xml version='1.0' encoding='cp1252'?><r/>"),
        *("<!DOCTYPE r><r/>", "<!-- > --><!DOCTYPE r><r/>", "<r><!DOCTYPE r></r>", "<!DOCTYPE"),
        *(
            b"<r>\xe9</r>",
            "<r/>".encode("utf-16-le"),
            "<r/>".encode("utf-32"),
            b"\xff\xfe<",
            b"\xfe\xff",
        ),
    ],
)
def test_what_is_not_one_document_is_not_xml(body: str | bytes) -> None:
    """Cut, doubled, in another encoding, or with a document type: one error of one type."""
    with pytest.raises(NotXML):
        tree(body)


def test_the_bounds_are_of_depth_and_elements() -> None:
    """The root counts in both, and an attribute is an element."""
    assert tree("<a><b/></a>", max_depth=2, max_elements=2).children == (Element("b", ""),)
    with pytest.raises(NotXML, match="too deep"):
        tree("<a><b><c/></b></a>", max_depth=2)
    with pytest.raises(NotXML, match="too many"):
        tree("<a><b/><c/></a>", max_elements=2)
    with pytest.raises(NotXML, match="too many"):
        tree("<a x='1' y='2'/>", max_elements=2)


def test_a_text_may_look_like_a_document_type() -> None:
    """It is one only in front of the first element."""
    assert tree("<r><![CDATA[<!DOCTYPE x>]]></r>").text == "<!DOCTYPE x>"
    assert tree("<!-- <!DOCTYPE x> --><r/>").name == "r"
    with pytest.raises(NotXML, match="document type"):
        tree("\ufeff<?xml version='1.0'?>\r\n<?p <!DOCTYPE x>?><!-- - -->\t<!DOCTYPE x []><r/>")


BOMB = "<!DOCTYPE r [<!ENTITY a 'x'>]><r>&a;</r>"


@pytest.mark.parametrize("marks", ["", "\ufeff", "\ufeff\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_no_encoding_hides_a_document_type(marks: str, encoding: str) -> None:
    """What the parser sees is what was looked at."""
    with pytest.raises(NotXML):
        tree(f"{marks}{BOMB}".encode(encoding))


def test_the_parser_refuses_a_document_type_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the look before it ever miss one."""
    monkeypatch.setattr(xml, "_begins_with_document_type", lambda _: False)
    with pytest.raises(NotXML, match="document type"):
        tree(BOMB)


def test_a_long_prolog_is_looked_through_once() -> None:
    """Comments without end are not tried again from each of them."""
    for part in ("<!-- ", "<? ", " ", "<!-- --> ", "<!-- -->- "):
        with pytest.raises(NotXML):
            tree(part * 40_000)
    with pytest.raises(NotXML, match="too many comments"):
        tree("<!-- -->" * 100 + "<r/>")
    assert tree("<!-- -->" * 99 + "<r/>").name == "r"


def test_the_error_holds_nothing_of_the_document() -> None:
    """It goes into logs."""
    with pytest.raises(NotXML) as caught:
        tree("<hush>hush<hush>")
    assert "hush" not in str(caught.value)
    assert caught.value.__suppress_context__


pieces = st.sampled_from(
    [
        *("<a>", "</a>", "<b x='1'>", "</b>", "<c/>", "text", " ", "&lt;", "&x;", "&#65;", "&#0;"),
        *("<![CDATA[", "]]>", "<!--", "-->", "<?p", "?>", "<?xml version='1.0'?>", "<!DOCTYPE a>"),
        *("<!DOCTYPE a [<!ENTITY x 'y'>]>", "\n", "é", "\ufffe", "\0", "<", ">", "&"),
    ]
)


@given(st.lists(pieces, max_size=12).map("".join))
def test_no_other_reader_sees_more_in_it(body: str) -> None:
    """What is read here is read the same by ElementTree, which has no bounds of its own."""
    try:
        found = tree(body)
    except NotXML:
        return
    other = ET.fromstring(body.strip())
    assert found.name == other.tag
    assert [child.name for child in found.children] == [child.tag for child in other]
    assert sorted(texts(found)) == sorted("".join(other.itertext()))


def texts(element: Element) -> str:
    """All texts of an element, those of its children last."""
    return element.text + "".join(map(texts, element.children))


@given(st.binary(max_size=80), st.sampled_from([b"", b"<a>", b"\xff\xfe", b"\xfe\xff", b"<?xml "]))
def test_only_the_typed_error_is_raised(body: bytes, start: bytes) -> None:
    """Any bytes at all are a tree or NotXML."""
    try:
        assert isinstance(tree(start + body), Element)
    except NotXML:
        return


def test_expat_is_loaded_when_it_is_used() -> None:
    """Few programs read XML."""
    assert "expat" not in vars(xml)
