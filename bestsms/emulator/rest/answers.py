"""The one place that turns an answer or a refusal into HTTP."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from bestsms.emulator.errors import Refused
from bestsms.emulator.rest import xml_answers
from bestsms.emulator.rest.formats import Format
from bestsms.emulator.rest.spelling import OLD


def render(
    body: Any,
    status: int = 200,
    headers: dict[str, str] | None = None,
    spoken: Format = Format.JSON,
) -> Response:
    """Render an answer, in one piece with a Content-Length (T78)."""
    if spoken is Format.XML:
        text = xml_answers.document(body)
    else:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode(), status_code=status, headers=headers, media_type=spoken.value)


def refuse(
    version: str, refusal: Refused, error_key: str, spoken: Format = Format.JSON
) -> Response:
    """Spell a refusal: 2.03 has ``Message``, 2.04 ``ErrorMessage`` and ``Message`` (T53).

    Args:
        version: The API version that was called.
        refusal: What went wrong.
        error_key: The setting of that name; 2.03 heeds it not.
        spoken: JSON or XML.
    """
    body: dict[str, Any] = {"Result": "Failed"}
    if refusal.message_id is not None:
        body["MessageID"] = refusal.message_id
    if version == OLD or error_key != "error_message":
        body["Message"] = refusal.texts[0]
    if version != OLD and error_key != "message":
        body["ErrorMessage"] = list(refusal.texts)
    return render(body, refusal.status, refusal.headers, spoken)
