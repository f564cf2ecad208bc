"""The portal thread after a fork: a child does not have it, and starts one of its own."""

from __future__ import annotations

import contextvars
import gc
import importlib.util
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator

import anyio
import pytest

from bestsms._bridge import PortalThread, portal as bridge
from bestsms._bridge.calls import Call


async def add(left: int, right: int = 1) -> int:
    """Add two numbers, on the loop."""
    await anyio.lowlevel.checkpoint()
    return left + right


@pytest.fixture
def portal() -> Iterator[PortalThread]:
    """A portal, stopped at the end."""
    made = PortalThread()
    yield made
    made.stop()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_process_gets_a_portal_of_its_own() -> None:
    """After a fork the loop's thread is not there any more: the child's first call starts one.

    Also where another thread held the lock at that moment, which nobody in the child would free.
    """
    script = """
import os, threading
from bestsms._bridge import PortalThread

async def name():
    return threading.current_thread().name

portal, unused = PortalThread(), PortalThread()
portal.run(name)
held, done = threading.Event(), threading.Event()

def hold():
    with portal._lock:
        held.set()
        done.wait()

threading.Thread(target=hold, daemon=True).start()
held.wait()
child = os.fork()
if not child:
    assert not portal.running
    print("child", portal.run(name), unused.run(name), flush=True)
    portal.stop()
    os._exit(0)
status = os.waitpid(child, 0)[1]
done.set()
print("parent", portal.run(name), unused.running, status)
portal.stop()
"""
    # From 3.12 on Python warns of a fork with threads; that is the point here.
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "child bestsms-portal bestsms-portal",
        "parent bestsms-portal False 0",
    ]


def test_a_fork_makes_every_portal_new(portal: PortalThread) -> None:
    """What the child is told at the fork: nothing runs here, and nothing is locked."""
    portal.run(add, 1)
    thread, loop = portal._thread, portal._loop
    portal._lock.acquire()
    bridge._after_fork()
    assert not portal.running
    assert portal.run(add, 1) == 2
    assert portal._thread is not thread
    assert loop is not None
    assert thread is not None
    loop.stop()  # in a child it would not be there
    thread.join()


def test_a_system_without_fork_has_nothing_to_renew(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows there is no hook for it, and the portal works as anywhere."""
    monkeypatch.delattr(os, "register_at_fork", raising=False)
    spec = importlib.util.spec_from_file_location("bridge_without_fork", bridge.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    portal = module.PortalThread()
    assert portal.run(add, 1) == 2
    portal.stop()


def test_a_loop_that_fails_later_fails_in_its_own_thread(
    portal: PortalThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose call started it has been served; the error is not swallowed."""
    call = Call(add, (1,))

    def run(_: object, first: list[object], __: object) -> None:
        first.clear()
        raise MemoryError

    portal.run(add, 1)
    begun, portal._loop = portal._loop, None
    with monkeypatch.context() as patch:
        patch.setattr(anyio, "run", run)
        with pytest.raises(MemoryError):
            portal._host([(call, contextvars.copy_context())])
    portal._loop, portal._lock = begun, threading.Lock()


def test_a_client_that_is_gone_is_not_kept_for_a_fork() -> None:
    """The list of what a fork renews holds nobody alive."""
    portal = PortalThread()
    assert portal in bridge._portals
    gone = weakref.ref(portal)
    del portal
    gc.collect()
    assert gone() is None
