"""Bodies larger than every buffer on their way: what is read of them, and what is not."""

import httpx
import pytest

from bestsms.emulator import Fault

HEADERS = ["send_request_headers.started", "send_request_headers.complete"]
NO_ANSWER = ["receive_response_headers.started", "receive_response_headers.failed"]
CLOSED = ["response_closed.started", "response_closed.complete"]
BODY = ["send_request_body.started", "send_request_body.complete"]
SILENT = HEADERS + BODY + NO_ANSWER + CLOSED
EARLY = [{"at": "accept"}, {"at": "headers"}]
BIG = b" " * (20 * 1024 * 1024)


@pytest.mark.parametrize("place", [*EARLY, {"at": "request_bytes", "after": 100_000}], ids=str)
async def test_a_peer_that_stops_reading(way, place):
    """20 MB do not fit into the buffers in between: the write times out.

    Whether a write that is cut off is called complete is the system's and asyncio's affair.
    """
    way.emulator.inject(Fault(do="stall", times=1, **place))
    way.emulator.inject(Fault(do="reset", times=1, **place))
    way.emulator.inject(Fault(do="close", times=1, **place))
    with pytest.raises(httpx.WriteTimeout):
        await way.call("POST", "send/sms", content=BIG, timeout=way.patience("stall"))
    assert way.steps == [*HEADERS, BODY[0], "send_request_body.failed", *CLOSED]
    with pytest.raises(httpx.ReadError):
        await way.call("POST", "send/sms", content=BIG)
    assert [*way.steps[:2], *way.steps[4:]] == [*HEADERS, *NO_ANSWER, *CLOSED]
    with pytest.raises(httpx.RemoteProtocolError):
        await way.call("POST", "send/sms", content=BIG)
    assert way.steps == SILENT


async def test_a_peer_that_stops_reading_for_a_while(way):
    """The FIN that ends the stall is found, since the rest is read and thrown away."""
    way.emulator.inject(Fault(do="stall", at="headers", seconds=0.02))
    with pytest.raises(httpx.RemoteProtocolError):
        await way.call("POST", "send/sms", content=BIG)


async def test_a_large_request_is_read_before_a_fault_strikes(way):
    """20 MB are read to the end; more than that is refused as ever."""
    way.emulator.inject(Fault(do="reset", times=1))
    way.emulator.inject(Fault(do="reset", nth=3))
    with pytest.raises(httpx.ReadError):
        await way.call("POST", "send/sms", content=BIG)
    answer = await way.call("POST", "send/sms", content=BIG + b" ")
    assert answer.status_code == 413
