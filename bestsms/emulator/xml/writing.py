"""Text as it may stand in XML."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT = "\ufffd"


def escaped(text: str) -> str:
    """Escape a text; a control character can stand in no spelling of XML, so it is replaced.

    A carriage return is written as a reference, since a reader makes a bare one a line feed.
    """
    return escape(_NOT_XML.sub(_REPLACEMENT, text), {"\r": "&#13;"})
