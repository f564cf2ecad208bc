"""The replies to a message: in every shape, from every page, each once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
from waits.provider import REPLY, Course, Provider, Spell, dead, refused
from waits.virtual import VirtualTime

from bestsms import AsyncClient, InvalidRequest, NotFound, WaitTimeout
from bestsms.waiting.streams import Stream

A_DAY = 86400.0


def reply(name: str, at: str = "2025-03-01T10:00:00Z", **more: str) -> dict[str, str]:
    """One reply, as version 2.04 tells it."""
    return {"ReceivedID": name, "MessageText": name, "ReceivedTimeUTC_RFC3339": at, **more}


class Replies:
    """Answers the reply call with what the test has put in it.

    Attributes:
        recipients: The replies of each recipient.
        page_size: Recipients on one page, where pages are asked for.
        asked: The pages that were asked for; ``None`` where none was.
    """

    def __init__(self, provider: Provider) -> None:
        self.recipients: list[list[dict[str, str]]] = [[]]
        self.page_size = 100
        self.asked: list[str | None] = []
        self.body: dict[str, Any] | None = None
        provider.handlers[REPLY] = self

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        page = request.url.params.get("page")
        self.asked.append(page)
        if self.body is not None:
            return httpx.Response(200, json=self.body)
        first = (int(page or 1) - 1) * self.page_size
        shown = self.recipients[first : first + self.page_size]
        body = {
            "Status": "Received",
            "TotalRecords": len(self.recipients),
            "Recipients": [{"SMSReplies": each} for each in shown],
        }
        return httpx.Response(200, json=body)


@pytest.fixture
def replies(provider: Provider) -> Replies:
    """The replies that the provider knows."""
    return Replies(provider)


async def texts(stream: Stream, seconds: float) -> list[str]:
    """Read a stream for a while."""
    found: list[str] = []
    with anyio.move_on_after(seconds):
        async for message in stream:
            found.append(message.message_text)  # noqa: PERF401 - what was found is kept
    return found


async def test_replies_come_as_they_are_seen(client: AsyncClient, replies: Replies) -> None:
    """Those that were there first, oldest first; later ones when they come; none twice."""
    replies.recipients = [[reply("b", "2025-03-01T10:05:00Z")], [reply("a")]]
    stream = client.replies("A1")
    assert await texts(stream, 1000) == ["a", "b"]
    replies.recipients[0].append(reply("c", "2025-03-01T10:10:00Z"))
    assert await texts(stream, 1000) == ["c"]


async def test_replies_of_many_recipients_are_read_page_by_page(
    client: AsyncClient, replies: Replies
) -> None:
    """Pages are asked for only where the first answer is not all (T18)."""
    replies.page_size = 2
    replies.recipients = [[reply(f"R{number}")] for number in range(5)]
    assert await texts(client.replies("A1", timeout=0), 10) == ["R0", "R1", "R2", "R3", "R4"]
    assert replies.asked == [None, "1", "2", "3"]


async def test_replies_go_on_where_their_cursor_was(
    make: Callable[..., AsyncClient], replies: Replies
) -> None:
    """Elsewhere, after each of them; a cursor of other replies, or of the inbox, is refused."""
    replies.recipients = [[reply("a"), reply("b", "2025-03-01T10:05:00Z")]]
    stream = make().replies("A1")
    assert (await anext(stream)).message_text == "a"
    assert await texts(make().replies("A1", since=stream.cursor), 10) == ["b"]
    for other in (make().replies("A2").cursor, make().inbox().cursor, "a"):
        with pytest.raises(InvalidRequest, match="since"):
            make().replies("A1", since=other)
    with pytest.raises(InvalidRequest, match="since"):
        make().inbox(since=stream.cursor)


async def test_replies_without_ids_are_known_by_what_they_say(
    client: AsyncClient, replies: Replies
) -> None:
    """Version 2.03 has none: two that are alike in all are two, and neither comes again."""
    one = {"Date": "2025-03-01 10:00:00", "From": "+61421000001", "MessageText": "Yes"}
    replies.recipients = [[dict(one), dict(one)]]
    stream = client.replies("A1")
    assert await texts(stream, 1000) == ["Yes", "Yes"]
    replies.recipients[0].append(dict(one))
    assert await texts(stream, 1000) == ["Yes"]


async def test_replies_may_stand_flat_in_the_answer(client: AsyncClient, replies: Replies) -> None:
    """The third documented shape (T58)."""
    replies.body = {
        "Result": "Success",
        "MessageSent": {"Destination": "61421000001"},
        "MessageReceived": {"From": "+61421000001", "MessageText": "Yes", "Date": "1/3/2025"},
    }
    assert await texts(client.replies("A1"), 1000) == ["Yes"]


async def test_not_found_may_mean_that_there_is_no_reply(
    client: AsyncClient, provider: Provider, replies: Replies, time: VirtualTime
) -> None:
    """The status says whether the message is known."""
    provider.courses["A1"] = Course()
    replies.recipients = [[reply("a")]]
    original = provider.handlers.pop(REPLY)
    provider.handlers[REPLY] = lambda request: (
        original(request) if time.elapsed > 3000 else refused(404)(request)
    )
    assert await texts(client.replies("A1"), 4000) == ["a"]
    assert len(provider.looks["A1"]) > 10
    provider.handlers[REPLY] = refused(404)
    before = time.elapsed
    with pytest.raises(NotFound) as caught:
        await anext(client.replies("A2"))
    assert caught.value.message_id == "A2"
    assert 600 <= time.elapsed - before < 900


async def test_replies_end_with_their_time(
    client: AsyncClient, provider: Provider, replies: Replies, time: VirtualTime
) -> None:
    """Two days if not said otherwise; an error only if nobody could ask at the end."""
    assert [each async for each in client.replies("A1")] == []
    assert 2 * A_DAY <= time.elapsed < 2 * A_DAY + 2
    provider.spells = [Spell(0.0, 1e9, dead)]
    with pytest.raises(WaitTimeout, match="replies to A1") as caught:
        await anext(client.replies("A1", timeout=60))
    assert caught.value.message_id == "A1"


# -- any stream ------------------------------------------------------------------------------------


async def test_a_stream_has_one_reader_at_a_time(client: AsyncClient, replies: Replies) -> None:
    """A second one is told so, and does not disturb the first."""
    stream = client.replies("A1")
    first = asyncio.create_task(anext(stream))
    await anyio.sleep(10)
    with pytest.raises(RuntimeError, match="one at a time"):
        await anext(stream)
    replies.recipients = [[reply("a")]]
    assert (await first).message_text == "a"


async def test_a_stream_may_be_closed_while_it_is_read(
    client: AsyncClient, replies: Replies, time: VirtualTime
) -> None:
    """Its reader comes to an end, and the others of its queue go on."""
    stream, other = client.replies("A1"), client.replies("A2", timeout=1000)
    reading = asyncio.create_task(anext(stream, "the end"))
    others = asyncio.create_task(anext(other, "the end"))
    await anyio.sleep(100)
    await stream.aclose()
    await stream.aclose()
    assert (await reading, time.elapsed) == ("the end", 100.0)
    assert await anext(stream, "still") == "still"
    assert (await others, time.elapsed) == ("the end", pytest.approx(1000.0, abs=1))


async def test_a_stream_that_is_left_costs_nothing(
    client: AsyncClient, provider: Provider, replies: Replies, queue_of: Callable[..., Any]
) -> None:
    """Left by a break, closed, or forgotten: no look, no memory, no warning."""
    replies.recipients = [[reply("a"), reply("b")]]
    provider.courses["long"] = Course(final_at=5000.0)
    long = asyncio.create_task(client.wait("long"))
    async with client.replies("A1") as left:
        async for _ in left:
            break
    forgotten = client.replies("A2")
    async for _ in forgotten:
        break
    del forgotten
    laid_aside = client.replies("A3")
    async for _ in laid_aside:
        break
    await anyio.sleep(1000)
    assert len(replies.asked) == 3
    assert queue_of(client)._seats == 2
    assert len(queue_of(client)._topics) == 2
    del laid_aside
    await long
    assert (queue_of(client)._seats, len(queue_of(client)._topics)) == (0, 0)


async def test_a_cancelled_read_loses_nothing(client: AsyncClient, replies: Replies) -> None:
    """The next one finds what came; the cursor covers what was handed out and nothing else."""
    stream = client.replies("A1")
    with anyio.move_on_after(100):
        await anext(stream)
    unread = stream.cursor
    replies.recipients = [[reply("a")]]
    assert (await anext(stream)).message_text == "a"
    assert stream.cursor != unread
    assert (await anext(client.replies("A1", since=unread))).message_text == "a"


def test_a_stream_may_go_on_in_another_loop(
    provider: Provider, replies: Replies, time: VirtualTime
) -> None:
    """It takes a seat there, and goes on where it was."""
    client = AsyncClient("token", transport=provider)
    replies.recipients = [[reply("a"), reply("b", "2025-03-01T10:05:00Z")]]
    stream = client.replies("A1", timeout=3600)

    async def read() -> str:
        return (await anext(stream, None) or reply_of_none).message_text

    reply_of_none = type("", (), {"message_text": "the end"})
    assert [time.run(read()) for _ in range(3)] == ["a", "b", "the end"]
    assert time.elapsed == pytest.approx(3600, abs=2)
