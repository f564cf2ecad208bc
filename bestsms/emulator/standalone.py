"""``python -m bestsms emulator``: an account of its own in the foreground."""

from __future__ import annotations

import contextlib

from bestsms.emulator.emulator import Emulator
from bestsms.emulator.server import listening, server_of, url_of
from bestsms.emulator.settings import Changes


def run(
    *,
    host: str,
    port: int,
    token: str | None = None,
    allow_remote: bool = False,
    strict: bool = False,
) -> None:
    """Serve an emulator from this thread until it is interrupted.

    Args:
        host: Where to listen; loopback unless ``allow_remote`` says so too.
        port: 0 picks a free one.
        token: The one good token; None takes any that is not empty.
        allow_remote: Say it a second time when ``host`` is not loopback.
        strict: Refuse whatever deviates from the wire facts; if it is not said here, the
            environment variable ``BESTSMS_EMULATOR_STRICT`` may say so.

    Raises:
        EmulatorError: The host is not loopback, or the port is taken.
    """
    changes: Changes = {"strict": True} if strict else {}
    emulator = Emulator(token=token, **changes)
    with listening(host, port, allow_remote=allow_remote) as listener:
        url = url_of(listener)
        # A server started by hand says where it is.
        print(f"BestSMS emulator on {url}")  # noqa: T201
        print(f"  token    {'any' if token is None else token}")  # noqa: T201
        if emulator.settings()["strict"]:
            print("  strict   what deviates from the reference is refused")  # noqa: T201
        print(f"  control  {url}/_emulator/state")  # noqa: T201
        print("  Ctrl-C stops it", flush=True)  # noqa: T201
        with contextlib.suppress(KeyboardInterrupt):
            server_of(emulator.app, emulator.protocol).run(sockets=[listener])
