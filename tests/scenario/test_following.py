"""Following a message, written once: waited for, answered, received, and looked up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bestsms import AsyncClient, JobStatus, RecipientStatus
from bestsms.emulator import Emulator, Fault

JESS = "+61421000001"
SAM = "+61421000002"
MIDNIGHT = datetime(2025, 6, 4, tzinfo=UTC)


async def test_a_finished_message_is_waited_for(client: Any, emulator: Emulator) -> None:
    """wait() returns the final report; of several, wait_many() yields each."""
    sent = await client.send("Hello", to=[JESS, SAM])
    emulator.advance(2)
    report = await client.wait(sent)
    assert report.status is JobStatus.COMPLETED
    assert {each.status for each in report.recipients} == {RecipientStatus.SUCCESS}

    other = await client.send("Hello again", to=JESS, test=True)
    found = {each.message_id async for each in client.wait_many([sent, other])}
    assert found == {sent.message_id, other.message_id}


async def test_a_handle_is_resumed(client: Any) -> None:
    """A wait goes on from its handle, in this client or in another."""
    sent = await client.send("Hello", to=JESS, test=True)
    if isinstance(client, AsyncClient):
        wait = client.wait(sent)
        handle = wait.dumps()
        wait.close()
    else:
        handle = await client.wait_handle(sent)
    report = await client.resume(handle)
    assert report.message_id == sent.message_id


async def test_replies_and_the_inbox_are_streams(client: Any, emulator: Emulator) -> None:
    """Each yields what is there once; a text nobody asked for is in the inbox alone."""
    sent = await client.send("Yes or no?", to=JESS)
    emulator.advance(2)
    emulator.reply(JESS, "Yes & <no>\r\n")
    emulator.reply("+61421000099", "Who are you?")

    replies = [each async for each in client.replies(sent, timeout=0)]
    assert [(each.from_, each.message_text) for each in replies] == [(JESS, "Yes & <no>\r\n")]

    came = [each async for each in client.inbox(since=MIDNIGHT, timeout=0)]
    assert {each.message_text for each in came} == {"Yes & <no>\r\n", "Who are you?"}
    assert len({each.received_id for each in came}) == 2


async def test_an_answer_that_is_lost_is_looked_up(client: Any, emulator: Emulator) -> None:
    """The text is sent once, and found by its id."""
    emulator.inject(Fault(do="reset", accept="yes", path="send/sms", times=1))
    sent = await client.send("Hello", to=JESS)
    assert sent.reconciled
    assert [entry["count"] for entry in emulator.ledger()] == [1]


@pytest.mark.parametrize("body", ["<html>gateway</html>", '{"x":', "<root>", ""])
async def test_an_unreadable_answer_is_looked_up(
    client: Any, emulator: Emulator, body: str
) -> None:
    """Whatever stands in the way of the answer, the message is there and is found."""
    emulator.inject(Fault(do="answer", accept="yes", path="send/sms", status=200, body=body))
    sent = await client.send("Hello", to=JESS)
    assert sent.reconciled
    assert [entry["count"] for entry in emulator.ledger()] == [1]
