"""A server full of faults stops, and leaves nothing behind."""

import asyncio
import contextlib
import gc
import json
import logging
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from bestsms.emulator import Clock, Emulator, Fault
from bestsms.emulator.faults import wire

STATUS = (
    b"GET /api/v2.04/get/status/x HTTP/1.1\r\nHost: h\r\nAuthorization: Basic test-token\r\n\r\n"
)
SEND = b"POST /api/v2.04/send/sms HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n"


STALLS = [
    {"do": "stall", "at": "accept"},
    {"do": "reset", "at": "accept"},
    {"do": "stall", "at": "headers"},
    {"do": "stall"},
    {"do": "drip", "accept": "yes", "seconds": 30},
    {"do": "close"},
]


@pytest.mark.parametrize("fields", STALLS, ids=str)
def test_a_stop_does_not_wait_for_the_struck(caplog, fields, connected):
    """Stalled, dripping, closing: the server stops without having to cancel anything."""
    emulator = Emulator(token="test-token")
    emulator.inject(Fault(**fields))
    before = threading.active_count()
    with contextlib.ExitStack() as stack:
        with emulator.serve():
            peers = [stack.enter_context(connected(emulator)) for _ in range(20)]
            if fields != STALLS[1]:  # that one waits for the first byte
                for peer in peers:
                    peer.sendall(STATUS)
            while emulator.faults()[0]["struck"] < 20:
                pass
        assert threading.active_count() == before
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_fault_that_strikes_while_the_server_stops(caplog, monkeypatch, connected):
    """A body that ends only after the stop has begun does not begin a stall."""
    stopping = threading.Event()
    shutdown = wire.Wire.shutdown

    def noted(self):
        shutdown(self)
        stopping.set()

    monkeypatch.setattr(wire.Wire, "shutdown", noted)
    emulator = Emulator()
    emulator.inject(Fault(do="stall"))
    with contextlib.ExitStack() as stack:
        with emulator.serve() as url:
            peer = stack.enter_context(connected(emulator))
            peer.sendall(SEND)
            httpx.get(f"{url}/_emulator/state")  # by now the head has been read
            thread = threading.Thread(target=lambda: stopping.wait(20) and peer.sendall(b"x"))
            thread.start()
        thread.join()
    assert emulator.faults()[0]["struck"] == 1
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


MIXED = [
    {"do": "reset", "at": "accept"},
    {"do": "close", "at": "headers"},
    {"do": "garbage", "at": "headers"},
    {"do": "reset", "at": "request_bytes", "after": 5},
    {"do": "reset", "accept": "yes"},
    {"do": "close", "accept": "late", "late_seconds": 1},
    {"do": "cut", "accept": "yes"},
    {"do": "drip", "accept": "yes", "seconds": 0},
    {"do": "wrong_length", "accept": "yes"},
    {"do": "html"},
    {"do": "answer", "status": 503, "accept": "yes"},
    {"do": "stall", "seconds": 0.01},
    {"do": "reset", "at": "response_bytes", "after": 20},
    {"do": "stall", "at": "response_bytes", "after": 120, "seconds": 0.01},
    {"do": "close", "at": "response_bytes"},
]


def open_files():
    """How many descriptors this process has; 0 where the system does not tell."""
    return len(list(Path("/proc/self/fd").glob("*")))


async def test_many_at_once_leave_nothing_behind(caplog, wires):
    """Half of them struck: every call ends, nothing is accepted twice, no descriptor is kept."""
    descriptors = open_files()
    threads = threading.active_count()
    emulator = Emulator(token="test-token", clock=Clock.frozen("2025-06-03T21:16:55Z"))
    for fields in MIXED:
        emulator.inject(Fault(probability=0.06, **fields))
    with emulator.serve() as url:
        limits = httpx.Limits(max_connections=50, max_keepalive_connections=50)
        async with httpx.AsyncClient(
            base_url=url, limits=limits, timeout=60, trust_env=False
        ) as http:
            gate = asyncio.Semaphore(50)

            async def send(number):
                data = {"MessageID": f"m{number}", "Message": "x", "Destinations": ["+61421000001"]}
                async with gate:
                    try:
                        answer = await http.post(
                            "/api/v2.04/send/sms",
                            json={"MessageData": data},
                            headers={"Authorization": "Basic test-token"},
                        )
                    except httpx.TransportError:
                        return None
                with contextlib.suppress(json.JSONDecodeError):
                    return answer.json().get("MessageID")

            told = {name for name in await asyncio.gather(*map(send, range(250))) if name}
        emulator.advance(1)
        await wires.until(0)
    counts = {entry["MessageID"]: entry["count"] for entry in emulator.ledger()}
    assert set(counts.values()) == {1}
    assert told < set(counts)
    assert all(fault["struck"] for fault in emulator.faults())
    gc.collect()
    assert open_files() <= descriptors
    assert threading.active_count() == threads
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_standalone_meets_faults_over_its_control_api():
    """``python -m bestsms emulator`` breaks connections as told, and stops while one is stalled."""
    code = "from bestsms.emulator.standalone import run; run(host='127.0.0.1', port=0)"
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            url = process.stdout.readline().split()[3]
            for _ in range(3):
                process.stdout.readline()
            fault = {"do": "reset", "accept": "yes", "number": "0421000001"}
            assert httpx.post(f"{url}/_emulator/faults", json=fault).status_code == 200
            httpx.post(f"{url}/_emulator/faults", json={"do": "stall", "method": "GET"})
            body = {"MessageData": {"Message": "x", "Destinations": ["+61421000001"]}}
            headers = {"Authorization": "Basic x"}
            with pytest.raises(httpx.ReadError):
                httpx.post(f"{url}/api/v2.04/send/sms", json=body, headers=headers)
            assert len(httpx.get(f"{url}/_emulator/ledger").json()) == 1
            host, _, port = url.removeprefix("http://").partition(":")
            with socket.create_connection((host, int(port)), timeout=20) as peer:
                peer.sendall(STATUS)
                while not httpx.get(f"{url}/_emulator/faults").json()[1]["struck"]:
                    pass
                process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (out, err, process.returncode) == ("", "", 0)
