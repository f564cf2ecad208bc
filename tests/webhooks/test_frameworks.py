"""The receiver in the frameworks of its users: real sockets, real webhooks, each handled once."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from werkzeug.serving import make_server

import bestsms
from bestsms.emulator import Emulator
from bestsms.emulator.server import serving
from bestsms.webhooks import Event, Receiver

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
JESS = "+61421000001"
PATH = "/webhooks/bestsms"
Served = contextlib.AbstractContextManager[tuple[str, "queue.Queue[str]"]]


def noting(events: queue.Queue[str]) -> Callable[[Event], None]:
    """A handler that notes what it is called with."""
    return lambda event: events.put(f"{event.kind} {event.message_id}")


def example(word: str) -> str:
    """The README's receiver that holds a word."""
    (found,) = [text for text in BLOCKS if word in text and "Receiver(on_event" in text]
    return found


def run(word: str, events: queue.Queue[str]) -> dict[str, Any]:
    """Run a receiver of the README as it stands, and note what it prints."""
    printed = {"print": lambda *words: events.put(" ".join(map(str, words)))}
    names: dict[str, Any] = {"__name__": "example", **printed}
    exec(compile(example(word), "README.md", "exec"), names)
    return names


@contextlib.contextmanager
def with_fastapi() -> Iterator[tuple[str, queue.Queue[str]]]:
    """The README's: a route of an app whose lifespan holds the receiver."""
    events: queue.Queue[str] = queue.Queue()
    app = run("FastAPI", events)["app"]
    with serving(app, "127.0.0.1", 0, allow_remote=False) as url:
        yield url, events


@contextlib.contextmanager
def with_starlette() -> Iterator[tuple[str, queue.Queue[str]]]:
    """Mounted, where its own path is the root: the URL ends with a slash then."""
    events: queue.Queue[str] = queue.Queue()
    handler = noting(events)

    async def on_event(event: Event) -> None:
        handler(event)

    receiver = Receiver(on_event)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with receiver:
            yield

    app = Starlette(lifespan=lifespan, routes=[Mount(PATH, receiver)])
    with serving(app, "127.0.0.1", 0, allow_remote=False) as url:
        yield url, events


@contextlib.contextmanager
def alone() -> Iterator[tuple[str, queue.Queue[str]]]:
    """The receiver is the app, and its server's lifespan is its own."""
    events: queue.Queue[str] = queue.Queue()
    receiver = Receiver(noting(events), path=PATH)
    with serving(receiver, "127.0.0.1", 0, allow_remote=False) as url:
        yield url, events


@contextlib.contextmanager
def with_flask() -> Iterator[tuple[str, queue.Queue[str]]]:
    """The README's: a view, here on a threaded server."""
    events: queue.Queue[str] = queue.Queue()
    names = run("Flask", events)
    app, receiver = names["app"], names["receiver"]
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with receiver:
        yield f"http://127.0.0.1:{server.server_port}", events
        server.shutdown()
        thread.join()
        server.server_close()


# Django's settings are its process's: each of these is one of its own, and prints what it handles.
SERVED_VIEW = """
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass

with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
    threading.Thread(target=server.serve_forever).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    with receiver:
        sys.stdin.read()
    server.shutdown()
"""
ASGI = """
import sys
from django.conf import settings
from bestsms import webhooks
from bestsms.emulator.server import serving

def on_event(event):
    print(event.kind, event.message_id)

settings.configure(ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=())

from django.core.asgi import get_asgi_application

django = get_asgi_application()
receiver = webhooks.Receiver(on_event, path="/webhooks/bestsms")

async def application(scope, receive, send):
    ours = scope["type"] == "lifespan" or scope["path"] == "/webhooks/bestsms"
    await (receiver if ours else django)(scope, receive, send)

with serving(application, "127.0.0.1", 0, allow_remote=False) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


def with_django(program: str) -> Served:
    """A Django program that serves until its standard input ends."""

    @contextlib.contextmanager
    def served() -> Iterator[tuple[str, queue.Queue[str]]]:
        with subprocess.Popen(
            [sys.executable, "-u", "-W", "error", "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin is not None
            lines = iter(process.stdout or ())
            url = next(lines).strip()
            events: queue.Queue[str] = queue.Queue()
            reader = threading.Thread(
                target=lambda: [events.put(line.strip()) for line in lines], daemon=True
            )
            reader.start()
            try:
                yield url, events
            finally:
                process.stdin.close()
                reader.join()
        assert process.returncode == 0

    return served()


FRAMEWORKS: dict[str, tuple[Callable[[], Served], str]] = {
    "FastAPI": (with_fastapi, PATH),
    "Starlette": (with_starlette, f"{PATH}/"),
    "alone": (alone, PATH),
    "Flask": (with_flask, PATH),
    "Django view": (lambda: with_django(example("django") + SERVED_VIEW), PATH),
    "Django ASGI": (lambda: with_django(ASGI), PATH),
}


@pytest.fixture
def account(
    bestsms_emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Emulator:
    """A local BestSMS that posts each webhook twice, whose secrets are in the environment."""
    settings = bestsms_emulator.settings()
    monkeypatch.setenv("BESTSMS_WEBHOOK_SENDER", settings["webhook_sender"])
    monkeypatch.setenv("BESTSMS_WEBHOOK_API_KEY", settings["webhook_api_key"])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(bestsms.__file__).parents[1])]))
    monkeypatch.chdir(tmp_path)
    bestsms_emulator.change_settings(delivery_seconds=0.0, webhook_duplicates=True)
    return bestsms_emulator


def answers(emulator: Emulator, count: int) -> list[int | None]:
    """What so many webhooks were answered, when they have been posted."""
    ends = time.monotonic() + 30
    while len(found := emulator.callbacks()) < count and time.monotonic() < ends:
        threading.Event().wait(0.01)
    return [each["status"] for each in found]


@pytest.mark.parametrize(("layout", "spelling"), [("2.03", "XML"), ("2.04", "JSON")])
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_status_and_a_reply_are_each_handled_once(
    framework: str, layout: str, spelling: str, account: Emulator
) -> None:
    """Both webhooks come twice, are answered 200, and handled once; a wrong key is a 401."""
    served, path = FRAMEWORKS[framework]
    with served() as (url, events):
        account.change_settings(
            webhook_url=f"{url}{path}", webhook_layout=layout, webhook_format=spelling
        )
        with bestsms.SyncClient("any", base_url=account.url) as client:
            client.send("Hello", to=JESS, message_id="ID1")
            assert events.get(timeout=30) in {"status ID1", f"ID1 {JESS} Success delivered"}
            account.reply(JESS, "Yes")
            assert events.get(timeout=30) in {"reply ID1", f"ID1 {JESS} says Yes"}
            assert answers(account, 4) == [200] * 4
            account.change_settings(webhook_api_key="wrong", webhook_duplicates=False)
            client.send("Hello", to=JESS, message_id="ID2")
            assert answers(account, 5) == [200] * 4 + [401]
    assert events.empty()
