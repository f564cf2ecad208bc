"""The signed callback URL of a client: every message gets the one that fits it alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bestsms import AsyncClient, CallbackFormat, Destination, InvalidRequest
from bestsms.webhooks import Callback, Event, parse

URL = "https://example.com/hooks"
KEYS = {"2026": "a secret of more than sixteen bytes"}
NUMBER = "+61421000001"
LIFETIME = 1000.0
A_DAY = timedelta(days=1)

Make = Callable[..., AsyncClient]


@pytest.fixture
def callback(time: Any) -> Callback:
    """A callback in the time of the test."""
    return Callback(URL, KEYS, lifetime=LIFETIME, now=lambda: time.now)


@pytest.fixture
def client(make: Make, callback: Callback) -> AsyncClient:
    """A client that signs."""
    return make(callback=callback)


def report_of(message_id: str) -> Event:
    """A webhook about a message."""
    return parse(
        f'{{"Type": "SMS", "MessageID": "{message_id}", "Status": "SUCCESS", '
        f'"Destination": "{NUMBER}"}}',
        "application/json",
    )


def query_of(body: dict[str, Any]) -> str:
    """What a webhook of a message that was posted so would come to."""
    url = urlsplit(body["WebhookCallbackURL"])
    assert url._replace(query="").geturl() == URL
    return url.query


async def test_every_message_has_a_url_of_its_own(
    client: AsyncClient, provider: Any, callback: Callback
) -> None:
    """It lets the webhooks of that message in, and no other's; JSON, if nothing else is said."""
    for message_id in ("ID1", None):
        await client.send("Hello", to=NUMBER, message_id=message_id)
    first, second = provider.bodies
    for body, other in ((first, second), (second, first)):
        assert body["WebhookCallbackFormat"] == "JSON"
        assert callback.allows(query_of(body), report_of(body["MessageID"]))
        assert not callback.allows(query_of(body), report_of(other["MessageID"]))


async def test_the_documented_call_is_signed_as_well(
    client: AsyncClient, provider: Any, callback: Callback
) -> None:
    """Whichever way a message is sent."""
    await client.messaging.send_sms(message="Hello", destinations=[Destination(recipient=NUMBER)])
    [body] = provider.bodies
    assert callback.allows(query_of(body), report_of(body["MessageID"]))


async def test_a_url_that_was_given_stays(client: AsyncClient, provider: Any) -> None:
    """And so does a format: the client's callback is for what says nothing."""
    elsewhere = "https://example.com/elsewhere"
    await client.send("Hello", to=NUMBER, webhook_callback_url=elsewhere)
    await client.send("Hello", to=NUMBER, webhook_callback_format=CallbackFormat.XML)
    given, formed = provider.bodies
    assert given["WebhookCallbackURL"] == elsewhere
    assert "WebhookCallbackFormat" not in given
    assert "&t=" in formed["WebhookCallbackURL"]
    assert formed["WebhookCallbackFormat"] == "XML"


async def test_a_client_without_one_says_nothing(make: Make, provider: Any) -> None:
    """The account's own webhooks apply, then."""
    await make().send("Hello", to=NUMBER)
    assert not [name for name in provider.bodies[0] if name.startswith("Webhook")]


async def test_a_repeated_attempt_is_the_same_bytes(client: AsyncClient, provider: Any) -> None:
    """The URL is signed once, before the first attempt."""
    provider.sends = [httpx.Response(429), "ok"]
    await client.send("Hello", to=NUMBER)
    first, second = provider.bytes
    assert first == second
    assert b"&t=" in first


async def test_a_second_copy_has_a_url_of_its_own(
    client: AsyncClient, provider: Any, callback: Callback
) -> None:
    """It has another id, and its reports come to a URL that fits that one."""
    provider.sends = ["drop", "ok"]
    sent = await client.send("Hello", to=NUMBER, message_id="ID1", on_unknown="resend")
    first, second = provider.bodies
    assert (first["MessageID"], second["MessageID"]) == ("ID1", sent.message_id)
    assert callback.allows(query_of(second), report_of(sent.message_id))
    assert not callback.allows(query_of(first), report_of(sent.message_id))


@pytest.mark.parametrize("zone", [None, "AUS Eastern", "Pacific/Auckland"])
@pytest.mark.parametrize(
    "send_time", [timedelta(days=30), timedelta(days=-30), None], ids=["later", "past", "now"]
)
async def test_a_url_lives_from_when_its_message_is_sent(
    client: AsyncClient,
    provider: Any,
    callback: Callback,
    time: Any,
    send_time: timedelta | None,
    zone: str | None,
) -> None:
    """Wherever that is: a message for next month is reported next month."""
    due = None if send_time is None else time.now + send_time
    if due is not None and zone is not None:
        due = due.replace(tzinfo=None)
    await client.send("Hello", to=NUMBER, send_time=due, time_zone=zone)
    [body] = provider.bodies
    start = max(time.now, time.now + (send_time or timedelta()))
    expiry = datetime.fromtimestamp(int(parse_qs(query_of(body))["e"][0]), UTC)
    lives = timedelta(seconds=LIFETIME)
    assert start + lives <= expiry <= start + lives + 2 * A_DAY
    report = report_of(body["MessageID"])
    time.at += (start - time.now + lives).total_seconds() - 1
    assert callback.allows(query_of(body), report)
    time.at += 2 * A_DAY.total_seconds()
    assert not callback.allows(query_of(body), report)


@pytest.mark.parametrize("text", ["2031-12-31T23:00", "2031-12-31 23:00:00"])
async def test_a_time_may_be_a_text(client: AsyncClient, provider: Any, text: str) -> None:
    """As the references write it."""
    await client.send("Hello", to=NUMBER, send_time=text)
    expiry = int(parse_qs(query_of(provider.bodies[0]))["e"][0])
    assert expiry > datetime(2031, 12, 31, tzinfo=UTC).timestamp()


async def test_a_time_beyond_all_years_is_refused(client: AsyncClient, provider: Any) -> None:
    """A URL that ends some days after the text is sent can't end after the year 9999."""
    with pytest.raises(InvalidRequest, match="SendTime: is too far away"):
        await client.send("Hello", to=NUMBER, send_time="9999-12-31T10:00", time_zone="AUS Eastern")
    assert provider.bodies == []
