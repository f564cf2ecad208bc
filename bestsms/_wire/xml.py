"""XML bytes to a small tree, strictly and within bounds.

Expat is fast and knows what a document type can do; none of that is wanted here. Any DOCTYPE is
refused before the parser sees it, so that there are no entities to expand and nothing to fetch; the
depth and the number of elements are bounded; and whatever is wrong is one :class:`NotXML`.
Attributes, comments and processing instructions carry nothing in this API and are left out.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

if TYPE_CHECKING:
    # Few programs read XML; the others do not pay for the import.
    from xml.parsers.expat import XMLParserType

__all__ = ["FORBIDDEN", "Element", "NotXML", "begins", "read"]

# What may come before the first element, one at a time.
_ASIDE: Final = r"(?s)[\ufeff \t\r\n]*(?:<\?.*?\?>|<!--.*?-->)?"
MOST_ASIDES: Final = 100
_DECLARED: Final = ("utf-8", "utf-16", "us-ascii")
FORBIDDEN: Final = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""A pattern of what XML 1.0 has no way to hold, written out or escaped."""
_FORBIDDEN_REFERENCE: Final = (
    "&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])"
    "|x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]|[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[efEF]));"
)
_REPLACEMENT: Final = "\ufffd"
_BLANK: Final = b" \t\r\n"
_UTF_16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class NotXML(ValueError):
    """The bytes are not one well-formed XML document within the bounds."""


class Element(NamedTuple):
    """One element.

    Attributes:
        name: As it is written, with its prefix if it has one.
        text: The text directly in it, without that of its children.
        children: The elements directly in it, in order.
    """

    name: str
    text: str
    children: tuple[Element, ...] = ()


def begins(body: bytes) -> bool:
    """Say whether a body can only be XML, by its first character or the mark of UTF-16."""
    start = body.removeprefix(codecs.BOM_UTF8).lstrip(_BLANK)
    return start.startswith(b"<") or body.startswith(_UTF_16_MARKS)


def read(body: bytes, *, max_depth: int, max_elements: int) -> Element:
    """Read a document, in UTF-8 or in UTF-16 with its mark.

    Characters that no XML may hold, written out or as a reference, are read as U+FFFD.

    Args:
        body: The document; its size is for the caller to bound.
        max_depth: How many elements may stand in each other, the root included.
        max_elements: How many there may be, the root included; an attribute counts as one.

    Raises:
        NotXML: It is not well-formed, is in another encoding or declares one, has a document type,
            or is beyond a bound.
    """
    # The parser gets decoded text: a declaration can't make it look for a codec.
    text = _decoded(body)
    if _begins_with_document_type(text):
        _refuse_document_type()
    from xml.parsers import expat  # noqa: PLC0415 - see the imports

    while True:
        parser = expat.ParserCreate()
        tree = _Tree(max_depth, max_elements)
        tree.listen_to(parser)
        try:
            parser.Parse(text, True)
        except expat.ExpatError as error:
            # One such character, in the text of one person, must not hide all others.
            text, before = _without_forbidden(text), text
            if text == before:
                raise NotXML(f"not well-formed: {expat.ErrorString(error.code)}") from None
        else:
            return tree.root()


def _decoded(body: bytes) -> str:
    encoding = "utf-16" if body.startswith(_UTF_16_MARKS) else "utf-8-sig"
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    # A NUL is no character of XML, but expat takes one beside the first for a sign of UTF-16, even
    # in decoded text, and would see another document than is looked at here.
    if "\0" in text:
        raise NotXML("neither UTF-8 nor UTF-16 with its mark")
    return text


def _begins_with_document_type(text: str) -> bool:
    """Look for one before Expat does, which would tell too late: it reads on to the end of all."""
    aside, at, before = re.compile(_ASIDE), 0, -1
    for _ in range(MOST_ASIDES):
        found = aside.match(text, at)
        before, at = at, found.end() if found else at
        if at == before:
            return text.startswith("<!DOCTYPE", at)
    raise NotXML("too many comments before the first element")


def _without_forbidden(text: str) -> str:
    written = re.sub(FORBIDDEN, _REPLACEMENT, text)
    return re.sub(_FORBIDDEN_REFERENCE, _REPLACEMENT, written)


def _refuse_document_type(*_: object) -> NoReturn:
    raise NotXML("a document type is not allowed")


class _Open:
    """An element whose end has not come yet."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.texts: list[str] = []
        self.children: list[Element] = []


class _Tree:
    """Builds the tree of what the parser tells, within the bounds."""

    def __init__(self, max_depth: int, max_elements: int) -> None:
        self._max_depth = max_depth
        self._left = max_elements
        self._open = [_Open("")]

    def listen_to(self, parser: XMLParserType) -> None:
        """Have the parser tell this tree."""
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.XmlDeclHandler = self._declared
        parser.StartDoctypeDeclHandler = _refuse_document_type
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def root(self) -> Element:
        """Return the one element of a whole document."""
        return self._open[0].children[0]

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:  # noqa: ARG002 - the parser's
        if encoding is not None and encoding.lower() not in _DECLARED:
            raise NotXML("it declares another encoding than UTF-8")

    def _start(self, name: str, attributes: list[str]) -> None:
        self._left -= 1 + len(attributes) // 2
        if self._left < 0:
            raise NotXML("too many elements")
        if len(self._open) > self._max_depth:
            raise NotXML("elements too deep in each other")
        self._open.append(_Open(name))

    def _text(self, text: str) -> None:
        self._open[-1].texts.append(text)

    def _end(self, name: str) -> None:
        done = self._open.pop()
        element = Element(name, "".join(done.texts), tuple(done.children))
        self._open[-1].children.append(element)
