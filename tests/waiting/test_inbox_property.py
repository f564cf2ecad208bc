"""Whatever the provider's list does while it is read: every message once, and none before."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from hypothesis import given, settings, strategies as st
from waits.mailbox import Letter, Mailbox
from waits.provider import RECEIVED, Provider, Spell, dead
from waits.virtual import VirtualTime

from bestsms import AsyncClient

AN_HOUR = 3600.0
A_DAY = 86400.0
LATE = 600.0
"""Seconds after which a message may appear: within the overlap of two looks."""

moments = st.floats(-AN_HOUR, AN_HOUR)
letters = st.lists(
    st.tuples(moments, st.one_of(st.just(0.0), st.floats(0, LATE))), max_size=40
).map(
    lambda pairs: [
        # The provider's times are of the millisecond.
        Letter(f"L{number:02}", round(received, 3), late)
        for number, (received, late) in enumerate(pairs)
    ]
)


async def read(client: AsyncClient, since: Any, seconds: float, crashes: list[bool]) -> list[str]:
    """Read an inbox, and go on with a new one from the cursor where a crash is due."""
    found: list[str] = []
    inbox = client.inbox(since=since)
    with anyio.move_on_after(seconds):
        while True:
            message = await anext(inbox)
            found.append(message.message_text)
            if crashes and crashes.pop():
                inbox = client.inbox(since=inbox.cursor)
    return found


@settings(max_examples=25)
@given(
    letters=letters,
    newest_first=st.booleans(),
    page_size=st.integers(1, 100),
    delay=st.sampled_from([0.0, 0.2, 3.0]),
    ids=st.booleans(),
    ahead=st.sampled_from([0.0, 0.0, -30.0, 30.0, -4 * A_DAY, 4 * A_DAY]),
    jumps=st.lists(st.sampled_from([-A_DAY, -300.0, 300.0, A_DAY]), max_size=2),
    storm=st.sampled_from([None, (100.0, 1500.0)]),
    crashes=st.lists(st.booleans(), max_size=40),
    from_now=st.booleans(),
)
def test_every_message_comes_once(
    *,
    letters: list[Letter],
    newest_first: bool,
    page_size: int,
    delay: float,
    ids: bool,
    ahead: float,
    jumps: list[float],
    storm: tuple[float, float] | None,
    crashes: list[bool],
    from_now: bool,
) -> None:
    """Pages, windows, clocks and crashes may fall as they like."""
    time = VirtualTime()
    provider, mailbox = Provider(time, delay=delay), Mailbox(time)
    provider.handlers[RECEIVED] = mailbox
    provider.spells = [] if storm is None else [Spell(*storm, dead)]
    mailbox.letters, mailbox.newest_first, mailbox.page_size = letters, newest_first, page_size
    mailbox.ids, mailbox.ahead = ids, ahead

    async def story() -> list[str]:
        async with (
            anyio.create_task_group() as others,
            AsyncClient("token", transport=provider) as client,
        ):

            async def set_clocks() -> None:
                for jump in jumps:
                    await anyio.sleep(700)
                    time.set_wall(jump)

            others.start_soon(set_clocks)
            since = None if from_now else mailbox.now
            return await read(client, since, AN_HOUR + 2 * LATE + 2000, crashes)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bestsms._transport.transport.Clock", time.clock)
        found = time.run(story())
    # "Now" is known to the second, and to the time that an answer takes.
    least = 0.0
    most = -2 - delay if from_now else 0.0
    wanted = {each.name for each in letters if each.received >= least}
    allowed = {each.name for each in letters if each.received >= most}
    assert len(found) == len(set(found))
    assert wanted <= set(found) <= allowed
