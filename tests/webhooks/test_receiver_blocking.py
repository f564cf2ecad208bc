"""The receiver for code without an event loop: the same checks, on a thread of its own."""

from __future__ import annotations

import json
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from bestsms._retry import Clock
from bestsms.webhooks import BlockingReceiver, Event, Receiver
from bestsms.webhooks.blocking import Options

SENDER, KEY = "application@domain.com", "ta8wr7ymd"


def body(message_id: str = "ID1", **changes: str) -> bytes:
    """A status webhook."""
    fields = {"Type": "SMS", "MessageID": message_id, "Destination": "+61421000001"}
    known = {"Sender": SENDER, "APIKey": KEY, "Status": "SUCCESS"}
    return json.dumps(fields | known | changes).encode()


def post(receiver: BlockingReceiver, content: bytes, **options: Any) -> int:
    """Hand a webhook over as a view does."""
    words = {"method": "POST", "headers": {"Content-Type": "application/json"}}
    return receiver.receive(body=content, **(words | options)).status


@pytest.fixture
def events() -> queue.Queue[Event]:
    """What the handler was called with."""
    return queue.Queue()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., BlockingReceiver]]:
    """Make receivers of one store, closed at the end."""
    made: list[BlockingReceiver] = []

    def build(handler: Any = None, **changes: Any) -> BlockingReceiver:
        settings: dict[str, Any] = {"store": tmp_path / "webhooks.sqlite"}
        settings |= {"sender": SENDER, "api_key": KEY, "clock": Clock(random=lambda: 0.0)}
        made.append(BlockingReceiver(handler, **(settings | changes)))
        return made[-1]

    yield build
    for each in made:
        each.close()


def test_a_view_hands_each_webhook_over(make, events) -> None:
    """What is good is kept and handled once, by a plain function; the rest is refused."""
    receiver = make(events.put)
    assert post(receiver, body()) == 200
    assert events.get(timeout=30).message_id == "ID1"
    assert post(receiver, body()) == 200
    assert post(receiver, body(APIKey="wrong")) == 401
    assert post(receiver, body(), headers={"X-Sender": "wrong"}) == 401
    assert post(receiver, body(), headers={"Content-Encoding": "gzip"}) == 415
    assert post(receiver, b" " * 300_000) == 413
    assert post(receiver, b"", method="GET") == 405
    assert events.empty()
    assert receiver.counts()["done"] == 1


def test_threads_may_share_it(make, events) -> None:
    """Thirty-two threads with the same two events are all answered, and each is handled once."""
    receiver = make(events.put)
    with ThreadPoolExecutor(32) as threads:
        found = threads.map(lambda number: post(receiver, body(f"ID{number % 2}")), range(32))
        assert list(found) == [200] * 32
    assert {events.get(timeout=30).message_id for _ in range(2)} == {"ID0", "ID1"}
    assert events.empty()


def test_what_waits_in_the_store_is_worked_on_before_the_first_webhook(make, events) -> None:
    """As a context manager, or by start(), it begins with what an earlier process left."""
    with make() as keeper:
        assert post(keeper, body()) == 200
    with make(events.put):
        assert events.get(timeout=30).message_id == "ID1"


def test_dead_letters_are_listed_and_tried_again(make, events) -> None:
    """The store's own questions are the same calls without await."""
    failed = threading.Event()

    def handler(event: Event) -> None:
        if not failed.is_set():
            failed.set()
            raise RuntimeError
        events.put(event)

    receiver = make(handler, attempts=1)
    post(receiver, body())
    assert failed.wait(30)
    ends = time.monotonic() + 30
    while not (letters := receiver.dead()) and time.monotonic() < ends:
        pass
    assert receiver.retry(letters[0].key)
    assert events.get(timeout=30).message_id == "ID1"


def test_a_worker_that_died_is_replaced(make, events) -> None:
    """Whatever ended the work, the next webhook starts it again."""
    receiver = make(events.put)
    receiver.start()
    receiver._portal.run(receiver._end)
    assert post(receiver, body()) == 200
    assert events.get(timeout=30).message_id == "ID1"


def test_after_its_end_webhooks_are_to_come_again(make, caplog) -> None:
    """A closed receiver answers 503 and says why; it may be closed twice, or without being used."""
    receiver = make()
    receiver.close()
    receiver.close()
    assert post(receiver, body()) == 503
    assert "no thread takes webhooks, which will come again: This client is closed" in caplog.text
    used = make()
    post(used, body("ID2"))
    used.close()
    answer = used.receive(method="POST", body=body("ID3"), headers={})
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")


def test_it_is_closed_before_it_is_started(make) -> None:
    """A thread without a worker ends as well."""
    receiver = make()
    assert receiver.counts()["pending"] == 0
    receiver.close()
    assert receiver._target._queue._store._connection is None


def test_it_shows_no_secret(make) -> None:
    """Neither its repr nor a pickle gives the secrets away, nor what a debugger shows of it."""
    receiver = make()
    assert repr(receiver) == "<BlockingReceiver>"
    assert KEY not in repr(vars(receiver))
    with pytest.raises(TypeError, match="secrets"):
        pickle.dumps(receiver)


def test_it_takes_what_a_receiver_takes() -> None:
    """Its options are the receiver's keyword arguments, of the same types; a view has the path."""
    known = get_type_hints(Receiver.__init__)
    assert get_type_hints(Options) == {
        name: known[name] for name in known if name not in {"handler", "path", "return"}
    }


def test_another_process_has_a_receiver_of_its_own(make, events) -> None:
    """What belongs to the process that made it is kept aside, and nothing of it is used."""
    receiver = make(events.put)
    made, receiver._process = receiver._target, -1
    assert post(receiver, body()) == 200
    assert events.get(timeout=30).message_id == "ID1"
    own = receiver._target
    assert own is not made
    assert post(receiver, body("ID2")) == 200
    assert receiver._target is own


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_server_may_fork_after_it_is_made(tmp_path: Path) -> None:
    """A worker process of a preloading server starts a thread of its own, also of a used receiver.

    Parent and children share the store: each event is handled once, by whoever gets it.
    """
    script = """
import json, os, sys, threading
from bestsms.webhooks import BlockingReceiver

def handler(event):
    os.write(1, f"{event.message_id}\\n".encode())
    handled.set()

def post(number):
    handled.clear()
    fields = {"Type": "SMS", "MessageID": number, "Destination": "1", "Status": "SUCCESS"}
    body = json.dumps(fields).encode()
    assert receiver.receive(method="POST", body=body, headers={}).status == 200

handled = threading.Event()
receiver = BlockingReceiver(handler, insecure=True, store=sys.argv[1])
post("parent-before")
assert handled.wait(30)
for number in range(2):
    child = os.fork()
    if not child:
        post(f"child-{number}")
        while receiver.counts()["done"] < number + 2:
            pass
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
child = os.fork()
if not child:
    assert receiver.counts()["done"] == 3
    receiver.close()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
post("parent-after")
while receiver.counts()["done"] < 4:
    pass
receiver.close()
"""
    ran = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "webhooks.sqlite"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    assert sorted(ran.stdout.split()) == ["child-0", "child-1", "parent-after", "parent-before"]
