"""The MessageIDs of a campaign: of one name and one list always the same, so a rerun is a resume.

They are UUIDs of a name (RFC 9562, version 5) in a tree: ours, then the campaign's, then the
chunk's place in it or the recipient. So no two campaigns share one, and a recipient that is put in
between does not change the MessageIDs of the others, where each has one of its own.
"""

from __future__ import annotations

import hashlib
import unicodedata
import uuid
from typing import Final

from bestsms._wire.checks import Text
from bestsms.bulk.seen import Key

__all__ = ["Names", "digest", "same_name"]

LONGEST: Final = 200
_OURS: Final = uuid.UUID("5b1f0d6e-6e0c-4c8f-9a57-9a2f3c1be0d4")
_TEXT: Final = Text("campaign", min_length=1, max_length=LONGEST)


class Names:
    """Names the chunks of one campaign.

    Args:
        campaign: Its name, up to 200 characters: case, blanks around it and the way its accents
            are made up do not matter, so that ``"July"`` typed again as ``"july "`` is the same.
            ``None`` for MessageIDs that are made by chance.

    Raises:
        InvalidRequest: The name is no text, blank or too long.

    Example:
        >>> Names("July").of_chunk(0)
        '3a668221-946f-5989-b358-6f2b3c6e83ce'
        >>> Names("july ").of_chunk(0) == Names("July").of_chunk(0) != Names("July").of_chunk(1)
        True
    """

    __slots__ = ("_campaign",)

    def __init__(self, campaign: str | None) -> None:
        self._campaign: uuid.UUID | None = None
        if campaign is not None:
            self._campaign = uuid.uuid5(_OURS, same_name(campaign))

    def of_chunk(self, index: int) -> str:
        """Return the MessageID of a chunk by its place in the campaign."""
        return self._named(f"chunk:{index}")

    def of_recipient(self, key: Key) -> str:
        """Return the MessageID of what goes to one recipient alone."""
        return self._named(f"to:{key.hex() if isinstance(key, bytes) else f'{key:x}'}")

    def _named(self, name: str) -> str:
        return str(uuid.uuid4() if self._campaign is None else uuid.uuid5(self._campaign, name))


def same_name(campaign: str) -> str:
    """Return the name of a campaign as it is compared.

    Raises:
        InvalidRequest: It is no text, blank or too long.
    """
    _TEXT.check(campaign)
    return unicodedata.normalize("NFC", campaign.strip()).casefold()


def digest(message: str, encoded: bytes) -> str:
    """Return the SHA-256, in hex, of a text and the encoded recipients that it goes to."""
    text = message.encode()
    # With its length in front, no text and list can pass for another text and list.
    found = hashlib.sha256(b"%d:%b" % (len(text), text))
    found.update(encoded)
    return found.hexdigest()
