"""The vendor's own client, in each thread: the quick start of its documentation, or its best.

In the quick start, ``client.Messaging.SMS`` is a new object with a new session for each text, so
that no connection serves two. Who holds on to the object keeps its connection; it also gathers the
fields of the text under way, so each thread needs one of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bestsms import BestSMS


@contextmanager
def opened(url: str, connections: int, how: str) -> Iterator[Callable[[str], None]]:
    """Open the client; ``how`` is ``each`` or ``held``."""
    del connections  # it has no setting for them
    client = BestSMS(AuthToken="token", BaseURL=f"{url}/api/v3.00")
    held = client.Messaging.SMS

    def call(text: str) -> None:
        sms = held if how == "held" else client.Messaging.SMS
        response = sms.SendMessage(Message=text, Destination="+61421000001")
        # It raises nothing: whoever does not look believes that all is well.
        if response.Result != "Success":
            raise RuntimeError("; ".join(response.ErrorMessage))

    yield call
