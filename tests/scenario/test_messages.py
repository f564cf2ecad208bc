"""A message's whole life, written once: sent, acted on, reported, answered."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bestsms import (
    ActionName,
    AuthenticationFailed,
    Destination,
    File,
    JobStatus,
    NotFound,
    RecipientStatus,
    Rejected,
    Verdict,
)
from bestsms.emulator import Emulator

NINE = datetime(2025, 6, 5, 9, 0)  # noqa: DTZ001 - as the clock on the wall shows it

JESS = "+61421000001"
SAM = "+61421000002"


async def test_a_text_is_sent_delivered_and_answered(client: Any, emulator: Emulator) -> None:
    """A text goes out once, is followed to delivery, and its reply is read, twice over."""
    sent = await client.send(
        "Hi [[FirstName]]", to=[Destination(recipient=JESS, first_name="Jess")]
    )

    report = await client.reports.status(sent.message_id)
    assert report.status is JobStatus.PENDING
    assert (report.count, report.complete) == (1, 0)

    emulator.advance(2)
    report = await client.reports.status(sent.message_id)
    (recipient,) = report.recipients
    assert report.message_id == sent.message_id
    assert (report.status, report.success, report.failed) == (JobStatus.COMPLETED, 1, 0)
    assert report.created_at == datetime(2025, 6, 4, tzinfo=UTC)
    assert recipient.destination == JESS
    assert recipient.status is RecipientStatus.SUCCESS
    assert recipient.result == "delivered"
    assert recipient.sent_at == datetime(2025, 6, 4, 0, 0, 2, tzinfo=UTC)
    assert recipient.price == Decimal("0.1")

    emulator.reply(JESS, "YES")
    report = await client.reports.sms_reply(sent.message_id)
    ((reply,),) = [recipient.sms_replies for recipient in report.recipients]
    assert (reply.from_, reply.message_text) == (JESS, "YES")
    assert report.recipients[0].message_text == "Hi Jess"

    page = await client.reports.sms_received(time_period=60)
    (received,) = page.items
    assert (received.from_, received.message_text) == (JESS, "YES")
    assert received.message_id == sent.message_id
    assert received.received_at == datetime(2025, 6, 4, 0, 0, 2, tzinfo=UTC)
    assert received.received_id

    assert [entry["count"] for entry in emulator.ledger()] == [1]


async def test_the_documented_call_sends_too(client: Any, emulator: Emulator) -> None:
    """The area's own method sends as the reference has it; the server then makes the id."""
    answer = await client.messaging.send_sms(
        message="See [[File1]]",
        destinations=[Destination(recipient=JESS), Destination(recipient=SAM)],
        files=[File.from_bytes(b"%PDF", name="a.pdf")],
        reference="Test1",
    )
    assert len(answer.message_id) == 36
    report = await client.reports.status(answer.message_id)
    assert [each.destination for each in report.recipients] == [JESS, SAM]
    assert report.reference == "Test1"
    assert emulator.ledger()[0]["MessageID"] == answer.message_id


async def test_test_mode_reports_success_and_reaches_nobody(client: Any) -> None:
    """With test=True the report is there at once, as a success."""
    sent = await client.send("Just a test", to=JESS, test=True)
    report = await client.reports.status(sent.message_id)
    assert report.status is JobStatus.COMPLETED
    assert report.success == 1


async def test_a_delayed_text_is_moved_and_called_off(client: Any, emulator: Emulator) -> None:
    """A text for later is Delayed; it can be moved to another time, and cancelled."""
    sent = await client.send("Later", to=JESS, send_time=NINE, time_zone="AUS Eastern")
    report = await client.reports.status(sent.message_id)
    assert report.status is JobStatus.DELAYED
    assert report.delayed_until == datetime(2025, 6, 4, 23, 0, tzinfo=UTC)

    moved = await client.actions.reschedule(sent.message_id, send_time=NINE.replace(day=6))
    assert moved.action is ActionName.RESCHEDULE
    assert moved.status is JobStatus.DELAYED  # the state before the action (T59)
    report = await client.reports.status(sent.message_id)
    assert report.delayed_until == datetime(2025, 6, 5, 23, 0, tzinfo=UTC)

    gone = await client.actions.abort(sent.message_id)
    assert gone.action is ActionName.ABORT
    emulator.advance(3 * 24 * 3600)
    report = await client.reports.status(sent.message_id)
    assert [each.result for each in report.recipients] == ["Control Deleted"]  # T97


async def test_a_failed_text_is_sent_again(client: Any, emulator: Emulator) -> None:
    """Resubmit works on a completed message with failures (T101), and only then."""
    emulator.set_destination(JESS, result="failed")
    sent = await client.send("Hello", to=JESS)
    emulator.advance(2)
    report = await client.reports.status(sent.message_id)
    assert (report.status, report.failed) == (JobStatus.COMPLETED, 1)
    assert report.recipients[0].status is RecipientStatus.FAILED

    emulator.set_destination(JESS, result="delivered")
    again = await client.actions.resubmit(sent.message_id)
    assert again.action is ActionName.RESUBMIT
    emulator.advance(2)
    report = await client.reports.status(sent.message_id)
    assert (report.success, report.failed) == (1, 0)

    with pytest.raises(Rejected) as caught:
        await client.actions.resubmit(sent.message_id)
    assert caught.value.verdict is Verdict.REJECTED
    assert caught.value.message_id == sent.message_id


async def test_an_unknown_message_is_not_found(client: Any) -> None:
    """An id that the provider does not know is NotFound, whatever the HTTP code (U1)."""
    with pytest.raises(NotFound) as caught:
        await client.reports.status("ID999")
    assert caught.value.message_id == "ID999"
    assert caught.value.verdict is None  # a read changes nothing
    assert caught.value.errors


async def test_no_valid_destination_is_rejected(client: Any, emulator: Emulator) -> None:
    """When no destination is a number the provider says so, and nothing is in its books."""
    with pytest.raises(Rejected, match="valid destination") as caught:
        await client.send("Hello", to="nobody")
    assert caught.value.verdict is Verdict.REJECTED
    assert caught.value.status == 400
    assert emulator.ledger() == []


async def test_received_messages_are_walked_page_by_page(client: Any, emulator: Emulator) -> None:
    """iterate_sms_received yields every message of the period once, over several pages."""
    for number in range(7):
        emulator.reply(JESS, f"text {number}")
    walked = client.reports.iterate_sms_received(time_period=60, records_per_page=3)
    texts = [message.message_text async for message in walked]
    assert sorted(texts) == [f"text {number}" for number in range(7)]


async def test_a_wrong_token_is_refused(url: str) -> None:
    """A token that the provider does not take is AuthenticationFailed, and no retry helps."""
    from bestsms import AsyncClient

    async with AsyncClient("another-token", base_url=url) as client:
        with pytest.raises(AuthenticationFailed, match="Auth Token") as caught:
            await client.send("Hello", to=JESS)
    assert caught.value.verdict is Verdict.REJECTED
    assert "another-token" not in str(caught.value)
