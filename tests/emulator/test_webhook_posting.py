"""When webhooks are posted, where to, and how often."""

import json

import httpx
import pytest

HOOK = "https://hooks.example/sms"
OWN = "https://own.example/hook"
PHONE = "+61421000001"
DAY = 86400


@pytest.fixture
def hooked(make, caller, receiver):
    """An emulator with a default webhook, and its caller."""

    def build(**options):
        emulator = make(callback_transport=receiver, webhook_url=HOOK, **options)
        return emulator, caller(emulator)

    return build


def told(receiver):
    """Return what the receiver was told: destination, status and result of each POST."""
    return [
        (body["Destination"], body["Status"], body["Result"])
        for body in (json.loads(request.content) for request in receiver.requests)
    ]


async def test_one_post_per_destination_per_event(hooked, receiver):
    """Every recipient gets a webhook of its own (E8)."""
    emulator, api = hooked()
    await api.send(PHONE, "+61491570156")
    assert await emulator.deliver_callbacks() == 0
    emulator.advance(2)
    assert await emulator.deliver_callbacks() == 2
    assert told(receiver) == [
        (PHONE, "SUCCESS", "delivered"),
        ("+61491570156", "FAILED", "Undelivered"),
    ]
    assert await emulator.deliver_callbacks() == 0


async def test_the_message_s_own_url_wins(hooked, receiver):
    """WebhookCallbackURL goes before the default, for replies as well (1.1.1)."""
    emulator, api = hooked()
    await api.send(PHONE, WebhookCallbackURL=OWN)
    emulator.advance(5)
    emulator.reply(PHONE, "Yes")
    await emulator.deliver_callbacks()
    assert [str(request.url) for request in receiver.requests] == [OWN, OWN]
    assert json.loads(receiver.requests[0].content)["URL"] == OWN


async def test_a_url_is_taken_without_a_default(make, caller, receiver):
    """No default webhook has to be configured first (T39); without any URL nothing is posted."""
    emulator = make(callback_transport=receiver)
    api = caller(emulator)
    await api.send(PHONE)
    await api.send(PHONE, WebhookCallbackURL=OWN)
    emulator.advance(5)
    assert await emulator.deliver_callbacks() == 1


async def test_mode_test_reports_once(hooked, receiver):
    """A test message is reported at once, by one webhook (U15)."""
    emulator, api = hooked()
    await api.send(PHONE, Mode="Test")
    assert await emulator.deliver_callbacks() == 1
    emulator.advance(DAY)
    assert await emulator.deliver_callbacks() == 0
    assert told(receiver) == [(PHONE, "SUCCESS", "delivered")]


async def test_updates_are_told_at_will(hooked, receiver):
    """An UPDATED event carries its description as Result, per recipient (T93)."""
    emulator, api = hooked()
    await api.send(PHONE, "+61421000002", MessageID="m", Mode="Test")
    await emulator.deliver_callbacks()
    receiver.requests.clear()
    emulator.update("m", "Link clicked")
    await api.control("POST", "updates", json={"MessageID": "m", "event": "Unsubscribed"})
    await emulator.deliver_callbacks()
    assert told(receiver) == [
        (PHONE, "UPDATED", "Link clicked"),
        ("+61421000002", "UPDATED", "Link clicked"),
        (PHONE, "UPDATED", "Unsubscribed"),
        ("+61421000002", "UPDATED", "Unsubscribed"),
    ]


async def test_some_results_are_silent(hooked, receiver):
    """CreditHold, Delayed, Pending and LinkNotPermitted have no webhook (E17, T95)."""
    emulator, api = hooked()
    emulator.set_destination("+61421000002", result="link_not_permitted")
    for number in ("+61491570159", "+61491570110", "+61421000002"):
        await api.send(number)
    await api.send(PHONE, SendTime="2030-01-01T00:00")
    emulator.advance(60)
    assert await emulator.deliver_callbacks() == 0
    assert receiver.requests == []


async def test_silent_results_can_be_made_to_speak(hooked, receiver):
    """A switch posts them against the documentation, as PENDING where not final (T95, T98)."""
    emulator, api = hooked(webhook_for_silent_results=True)
    emulator.set_destination("+61421000002", result="link_not_permitted")
    await api.send("+61491570159")
    await api.send("+61421000002")
    await api.send(PHONE, SendTime="2030-01-01T00:00")
    emulator.advance(60)
    await emulator.deliver_callbacks()
    assert told(receiver) == [
        ("+61491570159", "PENDING", "CreditHold"),
        ("+61421000002", "PENDING", "Pending"),
        (PHONE, "PENDING", "Delayed"),
        ("+61421000002", "FAILED", "LinkNotPermitted"),
    ]


@pytest.mark.parametrize(
    "failure", [500, 302, 404, httpx.ConnectError("refused"), httpx.ReadTimeout("slow")]
)
async def test_a_webhook_that_fails_comes_again_after_five_minutes(hooked, receiver, failure):
    """Anything but 2xx is a failure, redirects and time-outs too (T94, U7)."""
    emulator, api = hooked()
    receiver.answers = [failure, 204]
    await api.send(PHONE)
    emulator.advance(2)
    assert await emulator.deliver_callbacks() == 1
    emulator.advance(299)
    assert await emulator.deliver_callbacks() == 0
    emulator.advance(1)
    assert await emulator.deliver_callbacks() == 1
    emulator.advance(DAY)
    assert await emulator.deliver_callbacks() == 0
    first, second = receiver.requests
    assert first.content == second.content
    assert first.headers["x-timestamp"] == "2025-06-03T21:16:57.000Z"
    assert second.headers["x-timestamp"] == "2025-06-03T21:21:57.000Z"


async def test_a_dead_receiver_is_given_up_after_24_hours(hooked, receiver):
    """Every five minutes for 24 hours makes 289 attempts of one event."""
    emulator, api = hooked()
    receiver.answers = [503] * 400
    await api.send(PHONE)
    emulator.advance(2 + 3 * DAY)
    assert await emulator.deliver_callbacks() == 289
    log = emulator.callbacks()
    assert [entry["attempt"] for entry in log] == list(range(1, 290))
    assert (log[0]["time"], log[-1]["time"]) == (
        "2025-06-03T21:16:57.000Z",
        "2025-06-04T21:16:57.000Z",
    )
    assert emulator.state()["callbacks_waiting"] == 0


async def test_the_log_tells_each_attempt(hooked, receiver):
    """The callback log holds what was posted, when, and what came back."""
    emulator, api = hooked()
    receiver.answers = [httpx.ConnectError("refused")]
    await api.send(PHONE, MessageID="m")
    emulator.advance(2)
    await emulator.deliver_callbacks()
    (entry,) = emulator.callbacks()
    assert entry == {
        "url": HOOK,
        "attempt": 1,
        "time": "2025-06-03T21:16:57.000Z",
        "status": None,
        "error": "ConnectError: refused",
        "headers": dict(entry["headers"]),
        "body": receiver.requests[0].content.decode(),
        "Type": "SMS",
        "MessageID": "m",
        "Destination": PHONE,
    }


@pytest.mark.parametrize("url", ["https://", "https://h\0/", "https://a:b:c/", "https://[::1/"])
async def test_an_impossible_url_is_an_error_in_the_log(make, caller, url):
    """Whatever a sender types as URL, the poster survives it."""
    emulator = make()
    await caller(emulator).send(PHONE, WebhookCallbackURL=url)
    emulator.advance(2)
    assert await emulator.deliver_callbacks() == 1
    (entry,) = emulator.callbacks()
    assert entry["status"] is None
    assert entry["error"]


async def test_webhooks_can_come_twice(hooked, receiver):
    """Duplicates are a switch (T86)."""
    emulator, api = hooked(webhook_duplicates=True)
    await api.send(PHONE)
    emulator.advance(2)
    assert await emulator.deliver_callbacks() == 2
    assert receiver.requests[0].content == receiver.requests[1].content


async def test_webhooks_can_come_in_disorder(hooked, receiver):
    """A switch posts what is due newest first (T86)."""
    emulator, api = hooked(webhook_disorder=True)
    await api.send(PHONE)
    emulator.advance(5)
    emulator.reply(PHONE, "Yes")
    emulator.reply("+61421000009", "Not yet due?")
    await api.send(PHONE)
    await emulator.deliver_callbacks()
    assert [status for _, status, _ in told(receiver)] == ["RECEIVED", "RECEIVED", "SUCCESS"]
    emulator.advance(5)
    assert await emulator.deliver_callbacks() == 1


async def test_a_reset_forgets_what_was_to_be_posted(hooked, receiver):
    """After a reset nothing of before is posted."""
    emulator, api = hooked()
    await api.send(PHONE)
    emulator.advance(2)
    emulator.reset()
    assert await emulator.deliver_callbacks() == 0
