"""Segments: how many parts a text takes, in which encoding, and because of which characters.

.. code-block:: text

    alphabet     the tables of GSM 03.38
    measuring    a text laid out in parts, as a phone's network does it
    converting   what CharacterConversion would make of a text, as far as can be known

Pure: nothing is asked of the provider, and nothing of the rest of the package is needed.
"""

from bestsms.segments.alphabet import DEFAULT, EXTENSION
from bestsms.segments.converting import plain
from bestsms.segments.measuring import MOST_PARTS, Encoding, Forced, Segments, measure, parts

__all__ = [
    "DEFAULT",
    "EXTENSION",
    "MOST_PARTS",
    "Encoding",
    "Forced",
    "Segments",
    "measure",
    "parts",
    "plain",
]
