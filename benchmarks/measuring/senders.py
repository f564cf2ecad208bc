"""The clients that send to a long list: how each is used, and to how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from measuring.clients import Client
from measuring.libraries import CORE, FAST, INSECURE, ORJSON, VENDOR

__all__ = ["SENDERS", "Sender"]


@dataclass(frozen=True, kw_only=True)
class Sender(Client):
    """A way from a list of recipients to the server, with ``drivers/bulk_<driver>.py``.

    Attributes:
        sizes: To how many it sends: to each number of the plan, to the largest, or only to ``some``
            where the time for more would be wasted: its cost of a recipient is always the same.
        sends: Whether anything is sent.
    """

    sizes: Literal["each", "largest", "some"]
    sends: bool = True


SENDERS: Final = (
    Sender(
        name="bulk-ours",
        title="this client",
        library=CORE,
        driver="ours",
        sizes="each",
        used="await client.send_many(rows, message=...), its defaults, rows from a generator",
    ),
    Sender(
        name="bulk-fast",
        title="this client with fast",
        library=FAST,
        driver="ours",
        sizes="each",
        used="the same, installed with its extra `fast`",
    ),
    Sender(
        name="bulk-journal",
        title="this client, with a journal",
        library=CORE,
        driver="ours",
        arguments=("journal",),
        sizes="largest",
        used="AsyncClient(journal=...), a file on disk, and send_many(campaign=...)",
    ),
    Sender(
        name="bulk-vendor",
        title="bestsms (the vendor's)",
        library=VENDOR,
        driver="vendor",
        sizes="some",
        used="one client.Messaging.SMS, kept alive: SendMessage(Destinations=) of 1,000 dicts",
        environment=INSECURE,
    ),
    Sender(
        name="bulk-vendor-legacy",
        title="bestsms.legacy (the vendor's)",
        library=VENDOR,
        driver="vendor",
        arguments=("legacy",),
        sizes="some",
        used="its client of v2.04, half as dear: SendMessage(Recipients=) of 1,000 dicts",
    ),
    Sender(
        name="bulk-orjson",
        title="orjson.dumps, a thousand dicts at a time",
        library=ORJSON,
        driver="orjson",
        sizes="largest",
        sends=False,
        used="orjson.dumps of lists of 1,000 ready dicts, and nothing sent",
    ),
    Sender(
        name="bulk-orjson-each",
        title="orjson.dumps, one dict at a time",
        library=ORJSON,
        driver="orjson",
        arguments=("each",),
        sizes="largest",
        sends=False,
        used="orjson.dumps of each ready dict, and nothing sent",
    ),
)
