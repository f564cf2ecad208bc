"""Every fault over a socket and in-process: the same error, the same trace, the same ledger."""

import json

import httpx
import pytest

from bestsms.emulator import Fault

HEADERS = ["send_request_headers.started", "send_request_headers.complete"]
BODY = ["send_request_body.started", "send_request_body.complete"]
NO_ANSWER = ["receive_response_headers.started", "receive_response_headers.failed"]
HEAD = ["receive_response_headers.started", "receive_response_headers.complete"]
CUT = ["receive_response_body.started", "receive_response_body.failed"]
CLOSED = ["response_closed.started", "response_closed.complete"]

SILENT = HEADERS + BODY + NO_ANSWER + CLOSED
SPOILT = HEADERS + BODY + HEAD + CUT + CLOSED
EARLY = [{"at": "accept"}, {"at": "headers"}, {"at": "request_bytes", "after": 5}]
LATER = [{}, {"accept": "yes"}, {"accept": "late", "late_seconds": 5}]
NOTHING = {"at": "response_bytes", "after": 0}
OF_HEAD = {"at": "response_bytes", "after": 30}
OF_BODY = {"at": "response_bytes", "after": 120}

NO_ANSWERS = {
    "reset": httpx.ReadError,
    "close": httpx.RemoteProtocolError,
    "stall": httpx.ReadTimeout,
    "garbage": httpx.RemoteProtocolError,
}


def accepted(place):
    """Whether a send struck there is in the ledger at once."""
    return ["m"] if place.get("accept") == "yes" or place.get("at") == "response_bytes" else []


@pytest.mark.parametrize("place", [*EARLY, *LATER, NOTHING], ids=str)
@pytest.mark.parametrize("do", NO_ANSWERS)
async def test_no_answer(way, place, do):
    """RST, FIN, silence and nonsense before there is a head: httpx tells them apart."""
    way.emulator.inject(Fault(do=do, **place))
    with pytest.raises(NO_ANSWERS[do]):
        await way.send(timeout=way.patience(do))
    assert way.steps == SILENT
    assert way.accepted == accepted(place)
    way.emulator.clear_faults()
    assert (await way.send("next")).status_code == 200


HALVES = {**NO_ANSWERS, "cut": httpx.RemoteProtocolError}
del HALVES["garbage"]  # after half an answer it is more of that answer


@pytest.mark.parametrize(("do", "error"), HALVES.items())
async def test_half_a_head(way, do, error):
    """What is cut within the head is no answer."""
    way.emulator.inject(Fault(do=do, **OF_HEAD))
    with pytest.raises(error):
        await way.send(timeout=way.patience(do))
    assert way.steps == SILENT
    assert way.accepted == ["m"]


@pytest.mark.parametrize(("do", "error"), HALVES.items())
async def test_half_an_answer(way, do, error):
    """The head is there, and says more than comes."""
    way.emulator.inject(Fault(do=do, **OF_BODY))
    with pytest.raises(error):
        await way.send(timeout=way.patience(do))
    assert way.steps == SPOILT
    assert way.accepted == ["m"]


@pytest.mark.parametrize("place", [*EARLY, *LATER], ids=str)
async def test_cut_means_half_the_body(way, place):
    """A Content-Length that is not kept, of the call's answer or the fault's own."""
    way.emulator.inject(Fault(do="cut", **place))
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        await way.send()
    assert way.steps == SPOILT
    assert way.accepted == accepted(place)


async def test_an_answer_without_a_body_is_cut_in_its_head(way):
    """Where there is no body to halve, the head is."""
    way.emulator.inject(Fault(do="cut", status=204))
    with pytest.raises(httpx.RemoteProtocolError):
        await way.send()
    assert way.steps == SILENT


@pytest.mark.parametrize("place", [*EARLY, *LATER], ids=str)
async def test_a_wrong_length_is_a_whole_answer_that_is_none(way, place):
    """Nothing fails but the JSON: half of it came, as the head had said."""
    way.emulator.inject(Fault(do="wrong_length", **place))
    answer = await way.send()
    assert answer.status_code == (200 if place.get("accept") == "yes" else 503)
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert way.accepted == accepted(place)


@pytest.mark.parametrize("place", [*EARLY, *LATER], ids=str)
async def test_a_page_instead_of_the_answer(way, place):
    """A captive portal: 200, and HTML."""
    way.emulator.inject(Fault(do="html", **place))
    answer = await way.send()
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert way.accepted == accepted(place)


@pytest.mark.parametrize("place", [*EARLY, *LATER], ids=str)
async def test_any_status_with_any_headers(way, place):
    """The call's answer is replaced, whether the call was carried out or not."""
    headers = [("Retry-After", "7"), ("Set-Cookie", "a"), ("Set-Cookie", "b"), ("X", "\u00e9")]
    fault = Fault(do="answer", status=429, headers=headers, body=b"\xffslow down", **place)
    way.emulator.inject(fault)
    answer = await way.send()
    assert (answer.status_code, answer.reason_phrase) == (429, "Too Many Requests")
    assert answer.headers["retry-after"] == "7"
    assert answer.headers.get_list("set-cookie") == ["a", "b"]
    assert answer.headers["content-length"] == "10"
    assert answer.content == b"\xffslow down"
    assert way.accepted == accepted(place)


async def test_an_answer_of_its_own_is_a_failure_as_the_api_says_it(way):
    """Without fields it is a 503 with JSON; a code that nobody knows has a text too."""
    way.emulator.inject(Fault(do="answer", times=1))
    way.emulator.inject(Fault(do="answer", times=1, status=599))
    way.emulator.inject(Fault(do="answer", times=1, status=599, body=""))
    way.emulator.inject(Fault(do="answer", times=1, status=304))
    answer = await way.send()
    failed = {"Result": "Failed", "Message": "Service Unavailable"}
    assert (answer.status_code, answer.json()) == (503, failed)
    assert (await way.send()).json() == {"Result": "Failed", "Message": "HTTP 599"}
    assert (await way.send()).content == b""
    answer = await way.send()
    assert (answer.status_code, answer.content) == (304, b"")
    assert "content-length" not in answer.headers


async def test_a_status_replaces_an_answer_that_is_spoilt(way):
    """What is cut or dripping may be the fault's own answer to a call that was carried out."""
    way.emulator.inject(Fault(do="cut", **OF_HEAD, status=500, body="x" * 99))
    with pytest.raises(httpx.RemoteProtocolError):
        await way.send()
    way.emulator.clear_faults()
    way.emulator.inject(Fault(do="drip", accept="yes", seconds=0, status=500, body="oh"))
    answer = await way.send("n")
    assert (answer.status_code, answer.text) == (500, "oh")
    assert way.accepted == ["m", "n"]


@pytest.mark.parametrize("place", [*EARLY, *LATER, NOTHING, OF_BODY], ids=str)
async def test_a_drip_comes_in_the_end(way, place):
    """Each byte is in time, so no timeout of httpx helps; here without pauses."""
    way.emulator.inject(Fault(do="drip", seconds=0, **place))
    answer = await way.send()
    own = not accepted(place)
    assert answer.status_code == (503 if own else 200)
    assert answer.json()["Result"] == ("Failed" if own else "Success")
    assert answer.headers["connection"] == "close"
    assert way.accepted == accepted(place)


async def test_a_drip_slower_than_the_timeout(way):
    """A pause longer than the read timeout ends the call."""
    way.emulator.inject(Fault(do="drip", accept="yes", seconds=60))
    with pytest.raises(httpx.ReadTimeout):
        await way.send(timeout=way.patience("stall"))
    assert way.steps == SILENT


async def test_a_drip_has_a_pace_of_its_own(way):
    """Without seconds there is a pause all the same, and no timeout notices."""
    way.emulator.inject(Fault(do="drip", at="response_bytes", after=160))
    assert (await way.send()).json()["Result"] == "Success"


@pytest.mark.parametrize("place", [*EARLY, *LATER, NOTHING, OF_HEAD], ids=str)
async def test_a_stall_may_end_in_a_fin(way, place):
    """After its seconds the connection is closed, and httpx says so."""
    way.emulator.inject(Fault(do="stall", seconds=0.02, **place))
    with pytest.raises(httpx.RemoteProtocolError):
        await way.send()
    assert way.steps == SILENT
    assert way.accepted == accepted(place)


@pytest.mark.parametrize("do", ["reset", "close", "stall"])
async def test_after_the_whole_answer(way, do):
    """Nothing is missing; it is the connection that is no good for the next call."""
    way.emulator.inject(Fault(do=do, at="response_bytes", times=1))
    assert (await way.send()).json()["MessageID"] == "m"
    assert way.accepted == ["m"]


async def test_head_requests_meet_faults_too(way):
    """An answer to HEAD has a length and no body, in any script."""
    way.emulator.inject(Fault(do="drip", seconds=0, times=1))
    way.emulator.inject(Fault(do="answer", times=1))
    for _ in range(2):
        answer = await way.call("HEAD")
        assert (answer.status_code, answer.content) == (503, b"")
        assert int(answer.headers["content-length"]) > 0
    assert (await way.call("HEAD")).status_code == 405


async def test_a_fault_waits_for_its_bytes(way):
    """A request shorter than after, and an answer shorter than that, are left alone."""
    way.emulator.inject(Fault(do="reset", at="request_bytes", after=10_000))
    way.emulator.inject(Fault(do="reset", at="response_bytes", after=10_000))
    answer = await way.send()
    assert answer.json() == {"Result": "Success", "MessageID": "m"}
    assert [fault["struck"] for fault in way.emulator.faults()] == [0, 0]


async def test_without_a_trace_all_is_the_same(way):
    """The trace is an extension; nobody has to listen."""
    way.emulator.inject(Fault(do="reset", times=1))
    with pytest.raises(httpx.ReadError):
        await way.http.get("/api/v2.04/get/status/x")
    assert (await way.http.get("/api/v2.04/get/status/x")).status_code == 400


async def test_a_body_may_come_in_pieces(way):
    """An async stream is sent as it comes; a sync one is refused before anything is done."""

    async def pieces():
        yield b'{"MessageData": {"Message": "Hello", '
        yield b'"Destinations": ["+61421000001"]}}'

    assert (await way.call("POST", "send/sms", content=pieces())).status_code == 200
    with pytest.raises(RuntimeError, match="sync request"):
        await way.call("POST", "send/sms", content=iter([b"{}"]))
    assert len(way.accepted) == 1


async def test_an_answer_need_not_be_read(way):
    """Who only looks at the head may close."""
    async with way.http.stream("GET", "/api/v2.04/get/status/x") as answer:
        assert answer.status_code == 400
        assert answer.reason_phrase == "Bad Request"
        assert answer.http_version == "HTTP/1.1"


async def test_nobody_listens_in_process(inside):
    """A refused connection proves that nothing left: no request is in the trace."""
    inside.emulator.inject(Fault(do="refuse", at="accept", times=1))
    told = []

    async def trace(name, info):
        told.append((name, type(info.get("exception"))))

    with pytest.raises(httpx.ConnectError):
        await inside.http.get("/api/v2.04/get/status/x", extensions={"trace": trace})
    assert told == [
        ("connection.connect_tcp.started", type(None)),
        ("connection.connect_tcp.failed", httpx.ConnectError),
    ]
    assert (await inside.send()).status_code == 200


async def test_nobody_listens_over_a_socket(outside):
    """A socket that listens cannot refuse: its reset comes before the connection is used."""
    outside.emulator.inject(Fault(do="refuse", at="accept"))
    for _ in range(20):
        with pytest.raises((httpx.ConnectError, httpx.ReadError)):
            await outside.send()
    assert outside.accepted == []
