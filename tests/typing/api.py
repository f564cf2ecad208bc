"""What an editor infers, checked by mypy and pyright in strict mode; never run."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal, assert_type

import bestsms
from bestsms import (
    ActionResult,
    AddressBook,
    AsyncClient,
    Attempt,
    ChunkOutcome,
    Contact,
    ContactID,
    ContactPage,
    Destination,
    Estimate,
    Group,
    GroupCode,
    GroupID,
    JobStatus,
    MemberChanges,
    Membership,
    Obstacle,
    OnUnknown,
    People,
    Phase,
    ReceivedMessage,
    ReceivedPage,
    Recipient,
    RecipientOutcome,
    RecipientStatus,
    Recovered,
    Report,
    Run,
    SendResult,
    Sent,
    SMSReply,
    Stream,
    SyncAddressBook,
    SyncClient,
    SyncRun,
    SyncStream,
    Totals,
    Verdict,
    Visibility,
    Wait,
)
from bestsms.segments import Encoding, Segments
from bestsms.templates import Placeholder
from bestsms.webhooks import (
    Callback,
    Event,
    Receiver,
    ReplyEvent,
    StatusEvent,
    UnknownEvent,
    verify,
)


async def async_calls(client: AsyncClient) -> None:
    """Every call of the async client knows its answer."""
    sent = await client.send("Hello", to=["+61421000001", Destination(contact_id="C1")])
    assert_type(sent, Sent)
    assert_type(sent.message_id, str)
    assert_type(sent.reconciled, bool)
    assert_type(sent.unsettled, tuple[str, ...])
    assert_type(sent.attempts, tuple[Attempt, ...])
    await client.send(
        "Hello",
        to="+61421000001",
        message_id="ID1",
        if_new=True,
        on_unknown=OnUnknown.RESEND_AT_LEAST_ONCE,
    )
    assert_type(await client.recover(), list[Recovered])
    assert_type(client.wait(sent), Wait)
    assert_type(await client.wait(sent, timeout=60, on_progress=print), Report)
    assert_type(client.wait("ID1").dumps(), str)
    assert_type(await client.resume("handle"), Report)
    assert_type(client.wait_many([sent, "ID1"]), AsyncIterator[Report])
    rows = [{"mobile": "+61421000001", "FirstName": "Jess"}]
    async with client.send_many(rows, message="Hi", campaign="july", on_progress=print) as run:
        assert_type(run, Run)
        async for outcome in run:
            assert_type(outcome, ChunkOutcome)
            assert_type(list(outcome.recipients()), list[RecipientOutcome])
            assert_type(client.wait_many([outcome]), AsyncIterator[Report])
    assert_type(await client.send_many(Path("people.csv"), message="Hi"), Totals)
    replies = client.replies(sent)
    assert_type(replies, Stream[SMSReply])
    async for reply in replies:
        assert_type(reply, SMSReply)
    inbox = client.inbox(since=replies.cursor, timeout=None)
    async for message in inbox:
        assert_type(message, ReceivedMessage)
    assert_type(inbox.cursor, str)
    assert_type(client.wake("ID1", reply=True), None)
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
    assert_type(client.send("Hello", to="+61421000001", on_unknown="resend"), Sent)
    with client.send_many(["+61421000001"], message="Hi") as run:
        assert_type(run, SyncRun)
        assert_type(list(run), list[ChunkOutcome])
        assert_type(run.totals, Totals)
    assert_type(client.send_many(["+61421000001"], message="Hi").finish(), Totals)
    assert_type(client.reconcile(bestsms.OutcomeUnknown("?")), Verdict)
    assert_type(client.wait(sent, timeout=60), Report)
    assert_type(client.resume(client.wait_handle(sent)), Report)
    assert_type(client.wait_many([sent]), Iterator[Report])
    assert_type(client.replies(sent), SyncStream[SMSReply])
    inbox = client.inbox(timeout=0)
    assert_type([message.from_ for message in inbox], list[str | None])
    assert_type(inbox.cursor, str)
    assert_type(client.wake(None, reply=True), None)
    (found,) = client.recover()
    assert_type(found, Recovered)
    assert_type(found.verdict, Verdict)
    assert_type(found.absent, bool)
    assert_type(found.begun, datetime)
    assert_type(found.report, Report | None)
    with client as entered:
        assert_type(entered, SyncClient)


def received(body: bytes) -> None:
    """A webhook is one of three events."""
    event = bestsms.webhooks.parse(body, "application/json")
    assert_type(event, StatusEvent | ReplyEvent | UnknownEvent)
    match event:
        case StatusEvent():
            assert_type(event.status, RecipientStatus)
            assert_type(event.is_final, bool)
            assert_type(event.sent_at, datetime | None)
        case ReplyEvent():
            assert_type(event.from_, str)
            assert_type(event.message_text, str)
        case UnknownEvent():
            assert_type(event.key, str)
    assert_type(verify(body, sender="a@b.c", api_key=["old", "new"]), bool)


async def address_books(client: AsyncClient, sync: SyncClient) -> None:
    """People and groups are kept by number, and are destinations."""
    book = client.address_book
    assert_type(book, AddressBook)
    contact = await book.upsert(mobile_phone="+61421000001", first_name="Jess", view_by="No")
    assert_type(contact, Contact)
    assert_type(await book.find(mobile_phone="0421 000 001"), Contact | None)
    assert_type(book.find_all(company="Example"), AsyncIterator[Contact])
    assert_type(book.groups(), AsyncIterator[Group])
    assert_type(await client.contacts.search(first_name="Jess"), ContactPage)
    people: People = ["+61421000001", contact, ContactID("C1"), {"mobile_phone": "+61421000002"}]
    changes = await book.sync_group("Staff", people)
    assert_type(changes, MemberChanges)
    assert_type(changes.add, tuple[str, ...])
    await client.send("Hello", to=changes.group or GroupCode("Staff"))
    await client.send("Hello", to=[contact, GroupID("G1"), GroupCode("Staff"), "+61421000002"])
    assert_type(sync.address_book, SyncAddressBook)
    assert_type(sync.address_book.contacts(), Iterator[Contact])
    assert_type(sync.address_book.upsert(mobile_phone="+61421000001", title="Ms"), Contact)
    assert_type(sync.address_book.find(first_name="Jess"), Contact | None)
    sync.address_book.sync_group(GroupID("G1"), [{"mobile_phone": "+61421000001"}])
    await book.upsert(first_name="Jess")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await book.find(first="Jess")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def texts(client: AsyncClient, sync: SyncClient) -> None:
    """What a text costs and needs is told without awaiting, by both clients."""
    estimate = client.estimate(["Hello", "Bye"], to="+61421000001", price_per_part="0.07")
    assert_type(estimate, Estimate)
    assert_type(estimate.price, Decimal | None)
    assert_type(estimate.per_recipient, tuple[int, ...])
    assert_type(sync.estimate("Hello", to=[Destination(contact_id="C1")]), Estimate)
    measured = bestsms.segments.measure("Hello", character_conversion=True)
    assert_type(measured, Segments)
    assert_type(measured.encoding, Encoding)
    assert_type([each.name for each in measured.forced_by], list[str])
    assert_type(bestsms.templates.placeholders("[[STOP]]"), tuple[Placeholder, ...])
    assert_type(bestsms.templates.missing("[[File1]]", "+61421000001", files=1), tuple[str, ...])
    client.estimate("Hello", price_per_part=0.07)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def receivers(client: AsyncClient) -> None:
    """A receiver is an ASGI app, and works its queue while it is entered."""

    async def handle(event: Event) -> None:
        assert_type(event.kind, Literal["status", "reply", "unknown"])

    callback = Callback("https://example.com/sms", {"2026": "secret"})
    async with Receiver(handle, callback=callback, client=client) as receiver:
        assert_type(receiver, Receiver)


def clients() -> None:
    """What a client takes."""
    AsyncClient("token", settle_window=90, journal="sends.sqlite")
    SyncClient("token", journal=Path("sends.sqlite"))
    AsyncClient("token", default_region="AU", allowed_prefixes=("+61", "+64"), only_to=[])
    SyncClient("token", allowed_regions={"AU", "NZ"}, only_to=(each for each in ["Testers"]))
    assert_type(bestsms.numbers.e164("0421 000 001", "AU"), str)


def refused(client: SyncClient) -> None:
    """Mistakes are found before the program runs."""
    client.send("Hello")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.send("Hello", to=61421000001)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.send("Hello", to="+61421000001", if_new="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.groups.create()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.contacts.update("C1", first="J")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def errors(error: bestsms.BestSMSError) -> None:
    """An error says what is known."""
    assert_type(error.verdict, Verdict | None)
    assert_type(error.message_id, str | None)
    assert_type(error.attempts, tuple[Attempt, ...])
    assert_type([each.phase for each in error.attempts], list[Phase])
    assert_type(error.body_sha256, str | None)
    assert_type(error.retry_after, float | None)
    if isinstance(error, bestsms.Rejected):
        assert_type(error.errors, tuple[str, ...])
    if isinstance(error, bestsms.NotSent):
        assert_type(error.obstacle, Obstacle)
    if isinstance(error, bestsms.Redirected):
        assert_type(error.host, str | None)


async def unclear(client: AsyncClient, error: bestsms.OutcomeUnknown) -> None:
    """An unclear send is looked up again by its error."""
    assert_type(await error.reconcile(), Verdict)
    assert_type(await client.reconcile(error), Verdict)
    assert_type(error.copies, tuple[str, ...])
