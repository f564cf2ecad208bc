"""Telnyx, with the key that makes its retries safe; its caller has to know to give one."""

from __future__ import annotations

import uuid
from typing import Any

import send_telnyx


def send(url: str, timeout: float | None) -> dict[str, Any]:
    """Send one text."""
    return send_telnyx.send(url, timeout, idempotency_key=str(uuid.uuid4()))
