"""Documents are read within bounds, and never with a document type."""

import pytest

from bestsms.emulator.xml.reading import Element, NotXML, read
from bestsms.emulator.xml.writing import escaped


def test_a_document_becomes_a_tree():
    """Names, texts and children; comments, instructions and attributes say nothing."""
    document = b"""<?xml version='1.0' encoding="utf-8" ?>
    <!-- a comment --><root kind="x"><?go on?><A> a &amp; <![CDATA[<b>]]></A><B/></root>"""
    assert read(document) == Element("root", "", (Element("A", " a & <b>"), Element("B")))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_encodings_of_xml(encoding):
    """UTF-8 with or without a mark, UTF-16 with one; the mark is no part of the text."""
    assert read("<a>é😀</a>".encode(encoding)) == Element("a", "é😀")


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"x",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a>&undefined;</a>",
        b"<a>\x01</a>",
        b"<a>\xff</a>",
        b"<a b='1' b='2'/>",
        "<a>é</a>".encode("latin-1"),
    ],
)
def test_what_is_not_well_formed_is_refused(document):
    """Half documents, unknown entities, control characters, and Latin-1."""
    with pytest.raises(NotXML):
        read(document)


@pytest.mark.parametrize(
    "document",
    [
        b"<!DOCTYPE a><a/>",
        b"\n<!-- x --><!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        b"<!DOCTYPE a [<!ENTITY x SYSTEM 'http://192.0.2.1/'>]><a>&x;</a>",
        b"<!DOCTYPE a [<!ENTITY b '%s'>]><a>%s</a>" % (b"x" * 9_000, b"&b;" * 30_000),
    ],
    ids=["plain", "external", "entity", "expanding"],
)
def test_a_document_type_is_refused_before_it_unfolds(document):
    """Nothing is fetched, and no entity is expanded."""
    with pytest.raises(NotXML, match="document type"):
        read(document)


def test_depth_and_number_are_bounded():
    """One element more than allowed is one too many, in either direction."""
    assert read(b"<a><b><c/></b></a>", max_depth=3, max_elements=3).name == "a"
    with pytest.raises(NotXML, match="deep"):
        read(b"<a><b><c/></b></a>", max_depth=2)
    with pytest.raises(NotXML, match="many"):
        read(b"<a><b/><b/></a>", max_elements=2)


def test_the_usual_depth_is_ten():
    """Ten elements in each other are taken, eleven are not."""
    assert read(b"<a>" * 10 + b"</a>" * 10).name == "a"
    with pytest.raises(NotXML):
        read(b"<a>" * 11 + b"</a>" * 11)


def test_text_is_escaped_so_that_it_comes_back():
    """Markup and carriage returns survive; what XML cannot hold is replaced."""
    text = 'a <b> & "c"\r\n\t]]> é 😀'
    assert read(f"<a>{escaped(text)}</a>".encode()).text == text
    assert escaped("a\x00\x1b\ufffeb") == "a\ufffd\ufffd\ufffdb"
