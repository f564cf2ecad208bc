"""Send one text with one client, in its own venv, and print as JSON what its caller was told.

    python drive.py NAME URL TIMEOUT LIMIT

``send_<NAME>.py`` holds the few lines a user would write. The clock starts once the client is
imported; if it has said nothing after LIMIT seconds, that is what is printed.
"""

from __future__ import annotations

import enum
import importlib
import json
import os
import sys
import threading
import time
from typing import Any

_once = threading.Lock()


def say(told: dict[str, Any], started: float) -> None:
    """Print the outcome and leave at once, whatever the client's threads are doing."""
    if _once.acquire(blocking=False):
        print(json.dumps(told | {"seconds": time.monotonic() - started}), flush=True)
        os._exit(0)


def raised(error: Exception) -> dict[str, Any]:
    """Say what an exception tells: its class, its text, and an id and a verdict if it has them."""
    kind = type(error)
    verdict = getattr(error, "verdict", None)
    return {
        "told": kind.__name__,
        "module": kind.__module__,
        "text": str(error),
        "message_id": getattr(error, "message_id", None),
        "verdict": verdict.name if isinstance(verdict, enum.Enum) else verdict,
    }


def main() -> None:
    """Drive one client."""
    name, url, timeout, limit = sys.argv[1:]
    client = importlib.import_module(f"send_{name}")
    started = time.monotonic()
    waiting = {"told": "still waiting", "text": f"after {float(limit):g} s"}
    guard = threading.Timer(float(limit), say, (waiting, started))
    guard.daemon = True
    guard.start()
    try:
        told = client.send(url, None if timeout == "default" else float(timeout))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the caller was told
        told = raised(error)
    say(told, started)


if __name__ == "__main__":
    main()
