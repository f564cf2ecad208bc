"""The inbox: every message once, wherever pages, windows, clocks and crashes fall."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import anyio
import httpx
import pytest
from waits.mailbox import Letter, Mailbox
from waits.provider import RECEIVED, Provider, Spell, dead, refused
from waits.virtual import VirtualTime

from bestsms import AsyncClient, InvalidRequest, WaitTimeout
from bestsms.waiting.streams import Stream

A_DAY = 86400.0


async def texts(inbox: Stream, seconds: float) -> list[str]:
    """Read an inbox for a while."""
    found: list[str] = []
    with anyio.move_on_after(seconds):
        async for message in inbox:
            found.append(message.message_text)  # noqa: PERF401 - what was found is kept
    return found


async def test_the_inbox_begins_now(client: AsyncClient, mailbox: Mailbox) -> None:
    """What came before is not handed out; what comes is, oldest first."""
    mailbox.letters = [Letter("old", -10), Letter("b", 70), Letter("a", 60), Letter("later", 4000)]
    assert await texts(client.inbox(), 3600) == ["a", "b"]


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("newest_first", [True, False])
async def test_a_list_may_move_while_it_is_read(
    *,
    client: AsyncClient,
    provider: Provider,
    mailbox: Mailbox,
    time: VirtualTime,
    newest_first: bool,
    ids: bool,
) -> None:
    """What arrives or falls out moves the rest to other pages: none is doubled or passed over."""
    provider.delay = 1.0
    mailbox.newest_first, mailbox.page_size, mailbox.ids = newest_first, 4, ids
    mailbox.letters = [Letter(f"L{number:03}", number * 25.0) for number in range(60)]
    found = await texts(client.inbox(since=time.true), 2000)
    assert sorted(found) == [each.name for each in mailbox.letters]


async def test_a_list_of_which_something_falls_out_all_the_time_is_read_to_its_end(
    client: AsyncClient, provider: Provider, mailbox: Mailbox
) -> None:
    """Hundreds of pages, of which the first is another each time: the place moves on."""
    provider.delay = 1.0
    mailbox.newest_first, mailbox.page_size = False, 10
    mailbox.letters = [Letter(f"L{number:05}", number * 3.0 - 1500) for number in range(1200)]
    inbox = client.inbox()
    found = await texts(inbox, 2000)
    assert found == [each.name for each in mailbox.letters if each.received >= 0][: len(found)]
    assert len(found) > 500
    assert max(mailbox.minutes) < 30
    assert inbox.cursor.count("L") < 700


async def test_now_is_when_it_was_asked_for(
    client: AsyncClient, provider: Provider, mailbox: Mailbox
) -> None:
    """However long the first answer takes, what came meanwhile is new."""
    provider.delay = 20.0
    mailbox.letters = [Letter("a", 1.5), Letter("b", 19.0), Letter("c", 100)]
    assert await texts(client.inbox(), 3600) == ["a", "b", "c"]


@pytest.mark.parametrize("ahead", [-3 * A_DAY, -30.0, 30.0, 3 * A_DAY])
async def test_the_clocks_may_differ(client: AsyncClient, mailbox: Mailbox, ahead: float) -> None:
    """It is the provider's clock that counts, in a list and in what a cursor says."""
    mailbox.ahead = ahead
    mailbox.letters = [Letter("old", -10), Letter("a", 5), Letter("b", 2000), Letter("c", 4000)]
    unread = client.inbox().cursor
    inbox = client.inbox()
    assert await texts(inbox, 3600) == ["a", "b"]
    assert await texts(client.inbox(since=inbox.cursor), 3600) == ["c"]
    assert await texts(client.inbox(since=unread, timeout=0), 60) == ["a", "b", "c"]


@pytest.mark.parametrize("jump", [-A_DAY, A_DAY])
async def test_the_clock_may_be_set_meanwhile(
    client: AsyncClient, provider: Provider, mailbox: Mailbox, time: VirtualTime, jump: float
) -> None:
    """Before the first look, while it is made, and later on."""
    provider.delay = 10.0
    mailbox.letters = [Letter("old", -60), Letter("a", 5), Letter("b", 2000), Letter("c", 3000)]
    inbox = client.inbox()
    time.set_wall(jump)

    async def set_it() -> None:
        await anyio.sleep(5)
        time.set_wall(jump)
        await anyio.sleep(2000)
        time.set_wall(-3 * jump)

    setting = asyncio.create_task(set_it())
    assert await texts(inbox, 3600) == ["a", "b", "c"]
    await setting


async def test_a_provider_may_not_say_what_time_it_is(
    client: AsyncClient, mailbox: Mailbox
) -> None:
    """Then our own clock is believed."""
    mailbox.dated = False
    mailbox.letters = [Letter("old", -10), Letter("a", 5), Letter("b", 2000)]
    assert await texts(client.inbox(), 3600) == ["a", "b"]


async def test_a_provider_whose_clock_runs_away_is_not_followed_for_ever(
    client: AsyncClient, mailbox: Mailbox
) -> None:
    """A list that never reaches back far enough is given up; the next look may be luckier."""

    def hurried(request: httpx.Request) -> httpx.Response:
        mailbox.ahead += 3600.0 if mailbox.time.elapsed < 60 else 0.0
        return mailbox(request)

    mailbox.letters = [Letter("a", 5)]
    client._transport._http.handlers[RECEIVED] = hurried
    inbox = client.inbox(since=mailbox.time.true)
    assert await texts(inbox, 50) == []
    assert await texts(client.inbox(since=inbox.cursor), 3600) == ["a"]


async def test_what_does_not_say_when_it_came_is_new_if_it_was_not_there_before(
    client: AsyncClient, mailbox: Mailbox
) -> None:
    """From now on: what the first list shows is old. From a moment: all that the list shows."""
    mailbox.times = False
    mailbox.letters = [Letter("old", -10), Letter("a", 5)]
    assert await texts(client.inbox(), 600) == ["a"]
    assert await texts(client.inbox(since=mailbox.time.true), 60) == ["a", "old"]


async def test_an_inbox_goes_on_where_its_cursor_was(
    client: AsyncClient, provider: Provider, mailbox: Mailbox, make: Callable[..., AsyncClient]
) -> None:
    """After a crash at each message: nothing is lost, and only what was not stored comes again."""
    mailbox.letters = [Letter(f"L{number}", number * 40.0) for number in range(20)]
    found, cursor = [], client.inbox().cursor
    while len(found) < 20:
        inbox = make().inbox(since=cursor)
        found.append((await anext(inbox)).message_text)
        cursor = inbox.cursor
    assert found == [each.name for each in mailbox.letters]


async def test_an_inbox_of_no_time_gives_what_is_there(
    client: AsyncClient, mailbox: Mailbox, time: VirtualTime
) -> None:
    """Then it ends; it is asked once."""
    mailbox.letters = [Letter("a", -500), Letter("b", -30)]
    since = time.true - timedelta(hours=1)
    assert [each.message_text async for each in client.inbox(since=since, timeout=0)] == ["a", "b"]
    assert (mailbox.reads, time.elapsed) == ([1], 0.0)


async def test_an_inbox_that_could_not_be_asked_says_so(
    client: AsyncClient, provider: Provider
) -> None:
    """An end without an answer is an error, since messages may have come."""
    provider.spells = [Spell(0.0, 1e9, dead)]
    with pytest.raises(WaitTimeout, match="inbox: 60 s are over, and asking after that failed"):
        await anext(client.inbox(timeout=60))


async def test_a_list_of_which_nothing_is_found_is_empty(
    client: AsyncClient, provider: Provider, mailbox: Mailbox
) -> None:
    """Some servers say 404 where there is nothing to list."""
    provider.spells = [Spell(0.0, 60.0, refused(404))]
    mailbox.letters = [Letter("a", 5)]
    assert await texts(client.inbox(), 600) == ["a"]


@pytest.mark.parametrize(
    "since",
    [
        "",
        "yesterday",
        "{}",
        "[" * 100_000,
        '{"v":2}',
        '{"v":1}',
        '{"v":1,"of":"inbox","at":1,"floor":1,"ours":1,"seen":{}}',
        '{"v":1,"of":"inbox","at":1,"floor":1,"ours":true,"seen":[]}',
        '{"v":1,"of":"inbox","at":"1","floor":1,"ours":true,"seen":{}}',
        '{"v":1,"of":"inbox","at":1e999,"floor":1,"ours":true,"seen":{}}',
        '{"v":1,"of":"replies a1","at":1,"floor":1,"ours":false,"seen":{}}',
        datetime(2025, 3, 1),  # noqa: DTZ001 - that it has no zone is the point
        7,
    ],
)
def test_what_is_no_place_in_an_inbox_is_refused(since: object) -> None:
    """A text of somebody else's, a cursor of another stream, a time without a zone."""
    with pytest.raises(InvalidRequest, match="since"):
        AsyncClient("token").inbox(since=since)  # type: ignore[arg-type]
