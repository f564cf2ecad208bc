"""What an editor infers, checked by mypy and pyright in strict mode; never run."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from decimal import Decimal
from typing import assert_type

import bestsms
from bestsms import (
    ActionResult,
    AsyncClient,
    Contact,
    ContactPage,
    Destination,
    Group,
    JobStatus,
    Membership,
    ReceivedMessage,
    ReceivedPage,
    Recipient,
    RecipientStatus,
    Report,
    SendResult,
    Sent,
    SMSReply,
    SyncClient,
    Verdict,
    Visibility,
)


async def async_calls(client: AsyncClient) -> None:
    """Every call of the async client knows its answer."""
    sent = await client.send("Hello", to=["+61421000001", Destination(contact_id="C1")])
    assert_type(sent, Sent)
    assert_type(sent.message_id, str)
    assert_type(
        await client.messaging.send_sms(message="Hello", destinations=[Destination()]), SendResult
    )
    report = await client.reports.status(sent.message_id)
    assert_type(report, Report)
    assert_type(report.status, JobStatus | None)
    assert_type(report.created_at, datetime | None)
    assert_type(report.price, Decimal | None)
    assert_type(report.recipients, tuple[Recipient, ...])
    assert_type(report.recipients[0].status, RecipientStatus | None)
    assert_type(report.recipients[0].sms_replies, tuple[SMSReply, ...])
    assert_type(await client.actions.abort("ID1"), ActionResult)
    page = await client.contacts.list(page=2)
    assert_type(page, ContactPage)
    assert_type(page.items, tuple[Contact, ...])
    assert_type(await client.contacts.create(view_by="Account"), Contact)
    assert_type(await client.groups.update("G", view_edit_by=Visibility.NO), Group)
    assert_type(await client.contact_groups.get("C1", "G"), Membership)
    assert_type(client.contacts.iterate(), AsyncIterator[Contact])
    async for message in client.reports.iterate_sms_received(time_period=60):
        assert_type(message, ReceivedMessage)


def sync_calls(client: SyncClient) -> None:
    """The sync twins have the same arguments and answers, without the await."""
    sent = client.send("Hello", to="+61421000001", test=True)
    assert_type(sent, Sent)
    assert_type(client.reports.status(sent.message_id), Report)
    assert_type(client.reports.sms_received(time_period=60), ReceivedPage)
    assert_type(client.contacts.update("C1", attention="Reception"), Contact)
    assert_type(client.group_contacts.iterate("G"), Iterator[Contact])
    with client as entered:
        assert_type(entered, SyncClient)


def refused(client: SyncClient) -> None:
    """Mistakes are found before the program runs."""
    client.send("Hello")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.send("Hello", to=61421000001)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.groups.create()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.contacts.update("C1", first="J")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def errors(error: bestsms.BestSMSError) -> None:
    """An error says what is known."""
    assert_type(error.verdict, Verdict | None)
    assert_type(error.message_id, str | None)
    if isinstance(error, bestsms.Rejected):
        assert_type(error.errors, tuple[str, ...])
