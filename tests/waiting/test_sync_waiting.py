"""The same waits for code without an event loop: they block, and may be interrupted."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import httpx
import pytest
from waits.mailbox import Letter, Mailbox
from waits.provider import REPLY, Course, Provider, Spell
from waits.virtual import VirtualTime

from bestsms import InvalidRequest, NotSent, Report, SyncClient, WaitsFailed, WaitTimeout
from bestsms._bridge import PortalThread


@pytest.fixture
def client(provider: Provider) -> Iterator[SyncClient]:
    """A client as it comes."""
    with SyncClient("token", transport=provider) as made:
        yield made


@pytest.fixture
def held(provider: Provider, time: VirtualTime) -> Iterator[threading.Event]:
    """Let no time pass; it is set as soon as somebody asks for something."""
    asked = threading.Event()
    answer = provider.handle_async_request

    async def noted(request: httpx.Request) -> httpx.Response:
        asked.set()
        return await answer(request)

    provider.handle_async_request = noted  # type: ignore[method-assign]
    with time.held():
        yield asked


def test_a_wait_blocks_until_the_final_report(client: SyncClient, provider: Provider) -> None:
    """And raises what the async one raises."""
    provider.courses.update({"A1": Course(final_at=3600.0), "A2": Course()})
    assert client.wait("A1").status == "Completed"
    with pytest.raises(WaitTimeout, match="last seen Pending"):
        client.wait("A2", timeout=60)
    with pytest.raises(InvalidRequest, match="timeout"):
        client.wait("A1", timeout=-1)


def test_a_wait_goes_on_with_a_handle(client: SyncClient, provider: Provider) -> None:
    """Which is had without waiting."""
    provider.courses["A1"] = Course(final_at=500.0)
    handle = client.wait_handle("A1", timeout=1000)
    assert provider.moments == []
    assert client.resume(handle).status == "Completed"


def test_many_reports_come_one_by_one(client: SyncClient, provider: Provider) -> None:
    """In a loop, in the order in which they are final; what failed comes at the end."""
    provider.courses.update({"A1": Course(final_at=9.0), "A2": Course(final_at=3.0)})
    assert [each.message_id for each in client.wait_many(["A1", "A2"])] == ["A2", "A1"]
    with pytest.raises(WaitsFailed):
        list(client.wait_many(["no id"]))
    for report in client.wait_many(["A1", "A2"]):
        assert report.status == "Completed"
        break


def test_the_inbox_is_a_loop(
    client: SyncClient, provider: Provider, mailbox: Mailbox, time: VirtualTime
) -> None:
    """With a cursor, an end, and a ``with`` of its own."""
    mailbox.letters = [Letter("a", 5), Letter("b", 10)]
    inbox = client.inbox(timeout=60)
    assert next(inbox).message_text == "a"
    cursor = inbox.cursor
    assert [each.message_text for each in inbox] == ["b"]
    assert list(inbox) == []
    with client.inbox(since=cursor, timeout=0) as again:
        assert [each.message_text for each in again] == ["b"]
    again.close()
    assert again.cursor != cursor
    provider.handlers[REPLY] = lambda _: httpx.Response(200, json={"Recipients": []})
    assert list(client.replies("A1", timeout=60)) == []


def test_a_stream_that_is_forgotten_leaves_nothing(
    client: SyncClient, mailbox: Mailbox, time: VirtualTime
) -> None:
    """Its seat is given up as soon as the loop turns again."""
    mailbox.letters = [Letter("a", 5)]
    next(client.inbox())
    gc.collect()
    assert list(client.inbox(timeout=0)) == []
    client._portal.run(anyio.sleep, 0)
    [queue] = client._target._desks[""]._pollers.everywhere()
    assert (queue._seats, len(queue._topics)) == (0, 0)


def test_a_stream_outlives_its_client(client: SyncClient, mailbox: Mailbox) -> None:
    """Its cursor stays readable; closing it is no error, and reading on is one."""
    mailbox.letters = [Letter("a", 5)]
    inbox = client.inbox()
    next(inbox)
    client.close()
    inbox.close()
    assert "inbox" in inbox.cursor
    with pytest.raises(NotSent, match="closed"):
        next(inbox)


# -- callbacks -------------------------------------------------------------------------------------


def test_a_callback_may_call_the_client_again(client: SyncClient, provider: Provider) -> None:
    """It runs in a thread of its own, so that it may block."""
    provider.courses["A1"] = Course(final_at=60.0)
    seen: list[Any] = []

    def look(report: Report) -> None:
        state = client.reports.status("A1")
        seen.append((report.status, state.status, threading.current_thread().name))

    client.wait("A1", on_progress=look)
    assert [each[:2] for each in seen] == [("Pending", "Pending"), ("Completed", "Completed")]
    assert "bestsms-portal" not in {each[2] for each in seen}


def test_a_callback_may_be_a_coroutine_function(client: SyncClient, provider: Provider) -> None:
    """It is awaited where the client's own coroutines run."""
    provider.courses["A1"] = Course(final_at=0.0)
    seen: list[str] = []

    async def look(report: Report) -> None:
        seen.append(threading.current_thread().name)

    client.wait("A1", on_progress=look)
    assert list(client.wait_many(["A1"], on_progress=look))
    assert seen == ["bestsms-portal"] * 2


def test_what_a_callback_raises_ends_the_wait(client: SyncClient, provider: Provider) -> None:
    """And comes out as it is."""
    provider.courses["A1"] = Course(final_at=60.0)

    def fail(_: Report) -> None:
        raise LookupError("of the caller's own")

    with pytest.raises(LookupError, match="own"):
        client.wait("A1", on_progress=fail)
    with pytest.raises(LookupError, match="own"):
        list(client.wait_many(["A1"], on_progress=fail))


# -- several threads -------------------------------------------------------------------------------


def in_a_thread(function: Callable[[], object]) -> tuple[threading.Thread, list[Any]]:
    """Call something in a thread; what it returns or raises is put into the list."""
    ended: list[Any] = []

    def run() -> None:
        try:
            ended.append(function())
        except Exception as error:  # noqa: BLE001 - it is what is looked at
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, ended


def test_threads_share_one_queue(client: SyncClient, provider: Provider) -> None:
    """Thirty-two that begin at once make one desk, one queue, one rate."""
    names = [f"M{number}" for number in range(32)]
    provider.courses.update({name: Course(final_at=100.0) for name in names})
    together = threading.Barrier(32)

    def wait(name: str) -> str | None:
        together.wait()
        return client.wait(name).message_id

    threads = [in_a_thread(lambda name=name: wait(name)) for name in names]  # type: ignore[misc]
    for thread, _ in threads:
        thread.join()
    assert sorted(ended[0] for _, ended in threads) == sorted(names)
    assert provider.most_in(1.0) == 1
    assert len(client._target._desks[""]._pollers.everywhere()) == 1


def test_a_stream_may_be_closed_from_another_thread(
    client: SyncClient, mailbox: Mailbox, held: threading.Event
) -> None:
    """The loop that reads it comes to its end."""
    inbox = client.inbox()
    thread, ended = in_a_thread(lambda: list(inbox))
    held.wait()
    inbox.close()
    thread.join()
    assert ended == [[]]


def test_a_client_may_be_closed_from_another_thread(
    client: SyncClient, provider: Provider, mailbox: Mailbox, held: threading.Event
) -> None:
    """What waits ends with an error that says so, and the closing does not wait for days."""
    provider.courses["A1"] = Course()
    threads = [
        in_a_thread(lambda: client.wait("A1")),
        in_a_thread(lambda: next(client.inbox())),
    ]
    held.wait()
    client.close()
    for thread, ended in threads:
        thread.join()
        assert isinstance(ended[0], NotSent)


@pytest.mark.parametrize("what", ["wait", "inbox"])
def test_an_interrupt_ends_a_wait(
    *,
    client: SyncClient,
    provider: Provider,
    mailbox: Mailbox,
    time: VirtualTime,
    what: str,
) -> None:
    """Ctrl-C breaks it off at once; the client goes on, and nothing is left in its queue."""
    provider.courses.update({"A1": Course(), "A2": Course(final_at=0.0)})
    begin = {"wait": lambda: client.wait("A1"), "inbox": lambda: next(client.inbox())}[what]
    asked, submit = threading.Event(), PortalThread._submit

    def ask(_: httpx.Request) -> httpx.Response:
        asked.set()
        return httpx.Response(503)

    def interrupted() -> None:
        # What Ctrl-C does to a thread that waits here, as soon as the other one asks.
        asked.wait()
        raise KeyboardInterrupt

    def submitted(portal: PortalThread, call: Any) -> None:
        submit(portal, call)
        call.result = interrupted

    provider.spells = [Spell(0.0, 1e9, ask)]
    with pytest.MonkeyPatch.context() as patch, time.held():
        patch.setattr(PortalThread, "_submit", submitted)
        with pytest.raises(KeyboardInterrupt):
            begin()
    provider.spells.clear()
    [queue] = client._target._desks[""]._pollers.everywhere()
    assert (queue._driver, queue._waiting) == (None, {})
    assert client.wait("A2").status == "Completed"
