"""The emulator behind a port."""

import http.server
import json
import queue
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import uvicorn

from bestsms.emulator import Clock, Emulator, EmulatorError, server, standalone

PHONE = "+61421000001"
AUTH = {"Authorization": "Basic test-token"}
START = "2025-06-03T21:16:55Z"


def send(url, message_id="m"):
    """Send one message over HTTP and return the answer."""
    data = {"MessageID": message_id, "Message": "Hello", "Destinations": [{"Recipient": PHONE}]}
    path = f"{url}/api/v2.04/send/sms"
    return httpx.post(path, json={"MessageData": data}, headers=AUTH).json()


@pytest.fixture
def served():
    """A served emulator and its URL."""
    emulator = Emulator(token="test-token", clock=Clock.frozen(START))
    with emulator.serve() as url:
        yield emulator, url


def test_a_served_emulator_speaks_http(served):
    """A real socket, a real client; the methods act on the same state."""
    emulator, url = served
    assert url.startswith("http://127.0.0.1:")
    assert send(url)["MessageID"] == "m"
    emulator.advance(2)
    report = httpx.get(f"{url}/api/v2.04/get/status/m", headers=AUTH).json()
    assert report["Status"] == "Completed"
    assert httpx.get(f"{url}/_emulator/ledger").json() == emulator.ledger()


async def test_it_serves_async_tests_as_well():
    """The server has a thread of its own, so a test's event loop is free."""
    with Emulator().serve() as url:
        async with httpx.AsyncClient(base_url=url) as client:
            assert (await client.get("/_emulator/state")).status_code == 200


def test_threads_may_share_it(served):
    """Many callers and the test's own thread at once lose nothing."""
    emulator, url = served
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(send, url, f"m{n}") for n in range(40)]
        for _ in range(40):
            emulator.advance(1)
            emulator.reply(PHONE, "Yes")
        assert {answer.result()["Result"] for answer in answers} == {"Success"}
    assert {entry["MessageID"] for entry in emulator.ledger()} == {f"m{n}" for n in range(40)}
    assert len(emulator.state()["received"]) == 40


def test_a_stopped_server_is_gone(served):
    """After the with block nobody listens, and the same emulator can be served again."""
    emulator, _ = served
    with emulator.serve() as url:
        pass
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    with emulator.serve() as url:
        assert httpx.get(f"{url}/_emulator/state").status_code == 200


@pytest.fixture
def local_receiver():
    """A webhook receiver on loopback: its URL, and a queue of the bodies it got."""
    bodies = queue.Queue()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(503 if bodies.empty() and not bodies.unfinished_tasks else 200)
            self.end_headers()
            bodies.put(json.loads(body))

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listener.server_port}/hook", bodies
        listener.shutdown()
        thread.join()


def test_webhooks_are_posted_by_themselves(served, local_receiver):
    """A served emulator posts what is due, and again after five emulated minutes."""
    emulator, url = served
    hook, bodies = local_receiver
    change = httpx.patch(f"{url}/_emulator/settings", json={"webhook_url": hook})
    assert change.status_code == 200
    send(url)
    emulator.advance(2)
    first = bodies.get(timeout=10)
    assert (first["Status"], first["URL"]) == ("SUCCESS", hook)
    emulator.advance(300)
    assert bodies.get(timeout=10) == first


def test_a_webhook_on_its_way_survives_a_stop():
    """A POST that the stop of the server cuts off is posted again by the next to serve."""
    emulator = Emulator(token="test-token", clock=Clock.frozen(START))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        hook = f"http://127.0.0.1:{silent.getsockname()[1]}/hook"
        emulator.change_settings(webhook_url=hook)
        with emulator.serve() as url:
            send(url)
            emulator.advance(2)
            connection, _ = silent.accept()
        connection.close()
        assert emulator.callbacks() == []
        assert emulator.state()["callbacks_waiting"] == 1
        with emulator.serve():
            connection, _ = silent.accept()
        connection.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_another_address_must_be_said_twice(host):
    """Only loopback is taken without allow_remote, and the error says what to do."""
    with pytest.raises(EmulatorError, match="allow_remote=True"), Emulator().serve(host):
        pass
    with pytest.raises(EmulatorError, match="--allow-remote"):
        standalone.run(host=host, port=0)


def test_said_twice_it_listens_everywhere():
    """With allow_remote the wildcard address is fine."""
    with Emulator().serve("0.0.0.0", allow_remote=True) as url:
        port = url.rpartition(":")[2]
        assert httpx.get(f"http://127.0.0.1:{port}/_emulator/state").status_code == 200


def test_ipv6_has_brackets():
    """An IPv6 address is written as URLs want it; a machine may have none."""
    try:
        with server.listening("::1", 0, allow_remote=False):
            pass
    except EmulatorError:
        pytest.skip("no IPv6 here")
    with Emulator().serve("::1") as url:
        assert url.startswith("http://[::1]:")
        assert httpx.get(f"{url}/_emulator/state").status_code == 200


def test_a_taken_port_is_a_clear_error():
    """No traceback of the socket module: the error names the port."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(EmulatorError, match=f"port {port} on 127.0.0.1 is taken"):
            standalone.run(host="127.0.0.1", port=port)


@pytest.mark.parametrize("port", [-1, 70000])
def test_an_impossible_port_is_a_clear_error(port):
    """Ports outside the range are refused in words."""
    with pytest.raises(EmulatorError, match=f"cannot listen on 127.0.0.1 port {port}"):
        standalone.run(host="127.0.0.1", port=port)


def test_a_server_that_does_not_start_is_an_error():
    """A lifespan that fails ends the with statement before it begins."""

    async def broken(_, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed"})

    starting = server.serving(broken, "127.0.0.1", 0, allow_remote=False)
    with pytest.raises(EmulatorError, match="did not start"), starting:
        pass


def test_an_address_of_another_machine_is_a_clear_error():
    """An address that this machine does not have is refused in words."""
    with pytest.raises(EmulatorError, match=r"cannot listen on 192\.0\.2\.1 port 0"):
        standalone.run(host="192.0.2.1", port=0, allow_remote=True)


@pytest.mark.parametrize(("token", "shown"), [(None, "any"), ("secret", "secret")])
def test_run_says_where_it_is_and_bears_an_interrupt(monkeypatch, capsys, token, shown):
    """It says its URL, token and control API; Ctrl-C is a normal end."""

    def interrupted(_, sockets):
        assert len(sockets) == 1
        raise KeyboardInterrupt

    monkeypatch.setattr(uvicorn.Server, "run", interrupted)
    standalone.run(host="127.0.0.1", port=0, token=token)
    where, secret, control, stop = capsys.readouterr().out.splitlines()
    assert where.startswith("BestSMS emulator on http://127.0.0.1:")
    assert secret.split() == ["token", shown]
    assert control.endswith("/_emulator/state")
    assert "Ctrl-C" in stop

    standalone.run(host="127.0.0.1", port=0, token=token, strict=True)
    assert "deviates" in capsys.readouterr().out.splitlines()[2]


def test_run_in_a_process_of_its_own():
    """It serves until it is interrupted, and ends quietly."""
    code = "from bestsms.emulator.standalone import run; run(host='127.0.0.1', port=0, token='t')"
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            line = process.stdout.readline()
            url = line.split()[3]
            said = [process.stdout.readline() for _ in range(3)]
            assert httpx.get(f"{url}/_emulator/state").status_code == 200
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert len(said) == 3
    assert (out, err, process.returncode) == ("", "", 0)


def test_the_url_is_there_while_it_is_served():
    """Before and after, asking for it says how to serve."""
    emulator = Emulator()
    with pytest.raises(EmulatorError, match=r"emulator\.serve"):
        _ = emulator.url
    with emulator.serve() as url:
        assert emulator.url == url
    with pytest.raises(EmulatorError):
        _ = emulator.url
