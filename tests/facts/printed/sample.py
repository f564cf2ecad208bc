"""What a printed answer is here, and the values that most of them have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import attrs

from bestsms import AsyncClient

Call = Callable[[AsyncClient], Awaitable[Any]]

UUID = "AAAAAAAA-BBBB-BBBB-CCCC-DDDDDDDDDDDD"
JESS = "+61421000001"
REPLIED = "This is a reply back from the mobile phone."
OUTBOUND = "This is an outbound message sent via API."


@attrs.frozen
class Sample:
    """An answer in both spellings, and the model that it is."""

    call: Call
    json: str
    xml: str
    model: Any


async def send(c: AsyncClient) -> Any:
    """The documented send itself, without our own id."""
    return (await c.send("Hello", to=JESS, message_id="ID123456")).answer


PAGE = {"result": "Success", "total_records": 3, "records_per_page": 100, "page_count": 1,
        "page": 1}  # fmt: skip
PAGE_JSON = '"Result":"Success","TotalRecords":3,"RecordsPerPage":100,"PageCount":1,"Page":1'
PAGE_XML = (
    "<Result>Success</Result><TotalRecords>3</TotalRecords><RecordsPerPage>100</RecordsPerPage>"
    "<PageCount>1</PageCount><Page>1</Page>"
)
