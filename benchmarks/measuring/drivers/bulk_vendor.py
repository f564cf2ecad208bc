"""The vendor's client, a thousand to a call: its source has no limit, and more cost no less each.

In one thread, since more only wait for each other; dicts are the cheapest of what it takes. Holding
on to ``client.Messaging.SMS`` keeps the connection. Its client of v2.04, which the package still
has as ``legacy``, connects anew for each call, and a recipient costs it less all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import bestsms.legacy
from audience import MESSAGE, Audience, Rows
from bestsms.api.v204 import _config


@contextmanager
def opened(url: str, how: str = "") -> Iterator[Callable[[Audience], int]]:
    """Open the client, or the ``legacy`` one."""
    give = _legacy(url) if how == "legacy" else _newest(url)

    def send(audience: Audience) -> int:
        accepted = 0
        for chunk in audience.chunks():
            response = give(chunk)
            if response.Result != "Success":
                raise RuntimeError("; ".join(response.ErrorMessage))
            accepted += len(chunk)
        return accepted

    yield send


def _newest(url: str) -> Callable[[Rows], Any]:
    sms = bestsms.BestSMS(AuthToken="token", BaseURL=f"{url}/api/v3.00").Messaging.SMS
    return lambda rows: sms.SendMessage(Message=MESSAGE, Destinations=rows)


def _legacy(url: str) -> Callable[[Rows], Any]:
    # It reads its address there, anew for each text, and has no other setting for it.
    _config.__APIURL__ = f"{url}/api/v2.04"
    sms = bestsms.legacy.BestSMS(AuthToken="token").Messaging.SMS
    return lambda rows: sms.SendMessage(MessageText=MESSAGE, Recipients=rows)
