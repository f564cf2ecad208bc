"""An XML document as a tree, read within bounds and without a document type."""

from __future__ import annotations

from typing import NamedTuple, NoReturn
from xml.parsers import expat

MAX_DEPTH = 10
MAX_ELEMENTS = 1_000_000
"""A body of 20 MB holds fewer, where each destination has a number."""

_BITE = 16 * 1024


class NotXML(ValueError):
    """The bytes are no XML document, or one beyond the bounds."""


class Element(NamedTuple):
    """One element; its text is what stands directly in it. Attributes say nothing here."""

    name: str
    text: str = ""
    children: tuple[Element, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether nothing but space is in it."""
        return not (self.children or self.text.strip())


def read(
    document: bytes, *, max_depth: int = MAX_DEPTH, max_elements: int = MAX_ELEMENTS
) -> Element:
    """Read a document in UTF-8, or in UTF-16 with its mark, whatever it declares (U29).

    Args:
        document: The bytes; their number is for the caller to bound.
        max_depth: How many elements may stand in each other, the root included.
        max_elements: How many there may be at all.

    Raises:
        NotXML: It is not well-formed, beyond a bound, or has a document type.
    """
    parser = expat.ParserCreate("utf-8")
    builder = _Builder(max_depth, max_elements)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_document_type
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        # What a handler raises ends no parse before the end of the bytes at hand, so that
        # entities of a refused document type could still unfold: it gets small bites.
        for start in range(0, len(document), _BITE):
            parser.Parse(document[start : start + _BITE], False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise NotXML(expat.ErrorString(error.code)) from None
    return builder.root


def _no_document_type(*_: object) -> NoReturn:
    raise NotXML("a document type")


class _Started:
    def __init__(self, name: str) -> None:
        self.name = name
        self.texts: list[str] = []
        self.children: list[Element] = []


class _Builder:
    """Makes the tree from what the parser tells."""

    def __init__(self, max_depth: int, max_elements: int) -> None:
        self._max_depth = max_depth
        self._left = max_elements
        self._started = [_Started("")]

    @property
    def root(self) -> Element:
        return self._started[0].children[0]

    def start(self, name: str, _: object) -> None:
        self._left -= 1
        if self._left < 0:
            raise NotXML("too many elements")
        if len(self._started) > self._max_depth:
            raise NotXML("elements too deep in each other")
        self._started.append(_Started(name))

    def text(self, text: str) -> None:
        self._started[-1].texts.append(text)

    def end(self, _: str) -> None:
        done = self._started.pop()
        element = Element(done.name, "".join(done.texts), tuple(done.children))
        self._started[-1].children.append(element)
