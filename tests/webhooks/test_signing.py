"""The signed callback URL: a report is believed of a message that was sent with it (FAULTS 3.1)."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, strategies as st

from bestsms import ConfigurationError, InvalidRequest, MessageType, RecipientStatus
from bestsms.webhooks import Callback, Event, ReplyEvent, StatusEvent, UnknownEvent, parse

URL = "https://hooks.example/sms"
KEY = "0123456789abcdef"
OLD = b"fedcba9876543210"
NOW = datetime(2025, 6, 3, 21, 16, 55, tzinfo=UTC)


class Clock:
    """A time of day that a test sets."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        """Tell it."""
        return self.at


def callback(*, url: str = URL, now: Clock | None = None, **changed: object) -> Callback:
    """Make one with two keys."""
    keys = changed.pop("keys", {"2025": KEY, "2024": OLD})
    return Callback(url, keys, now=now or Clock(), **changed)


def query(url: str) -> str:
    """Return the query of a URL, as a server gives it."""
    return urlsplit(url).query


def status(message_id: str = "js82hn8n") -> StatusEvent:
    """A report of a message."""
    return StatusEvent(
        type=MessageType.SMS,
        message_id=message_id,
        destination="+61421000001",
        status=RecipientStatus.SUCCESS,
    )


def reply(message_id: str | None = "js82hn8n") -> ReplyEvent:
    """A reply to a message, or to none."""
    kind = MessageType.SMS_REPLY if message_id else MessageType.SMS_INBOUND
    return ReplyEvent(type=kind, message_id=message_id, from_="+61421000001", message_text="Yes")


def unknown(message_id: str | None = "js82hn8n") -> UnknownEvent:
    """A click."""
    return UnknownEvent(message_id=message_id, fields={"Status": "UPDATED"})


@pytest.mark.parametrize("event", [status(), reply(), unknown()], ids=lambda event: event.kind)
def test_a_message_has_a_url_of_its_own(event: Event) -> None:
    """All that is told of it may come there, and nothing of another message."""
    made = callback()
    url = made.url_for("js82hn8n")
    assert made.allows(query(url), event)
    assert made.allows(query(url).encode(), event)
    assert not made.allows(query(made.url_for("js82hn8o")), event)


def test_the_case_of_a_message_id_does_not_matter() -> None:
    """The provider's look-ups ignore it, so that it may come back in another."""
    made = callback()
    assert made.allows(query(made.url_for("ABC-1")), status("abc-1"))


def test_the_url_says_which_key_and_until_when() -> None:
    """The token has 43 characters; an access log can be cut at ``?k=``."""
    url = callback(lifetime=60.5).url_for("js82hn8n")
    assert url.startswith(f"{URL}?k=2025&e={int(NOW.timestamp()) + 60}&t=")
    assert [(name, len(text)) for name, text in parse_qsl(query(url))][-1] == ("t", 43)
    assert callback().url_for("js82hn8n") == callback().url_for("js82hn8n")


def test_a_query_of_ones_own_stays() -> None:
    """The signature is put behind it; in what order a proxy gives them on does not matter."""
    made = callback(url=f"{URL}?tenant=7&x=%2B")
    url = made.url_for("js82hn8n")
    assert url.startswith(f"{URL}?tenant=7&x=%2B&k=2025&e=")
    assert made.allows(query(url), status())
    assert made.allows("&".join(reversed(query(url).split("&"))), status())


@pytest.mark.parametrize(("passed", "good"), [(0, True), (864_000 - 1, True), (864_000, False)])
def test_a_url_is_good_for_ten_days(passed: int, *, good: bool) -> None:
    """48 hours to deliver, 7 days to answer, 24 hours of tries again."""
    clock = Clock()
    made = callback(now=clock)
    url = made.url_for("js82hn8n")
    clock.at += timedelta(seconds=passed)
    assert made.allows(query(url), reply()) is good


def test_a_message_that_is_sent_later_has_its_url_longer() -> None:
    """The lifetime begins when it is to be sent; a time that is over changes nothing."""
    clock = Clock()
    made = callback(now=clock, lifetime=60)
    later = made.url_for("js82hn8n", sends_at=NOW + timedelta(days=30))
    past = made.url_for("js82hn8n", sends_at=NOW - timedelta(days=30))
    clock.at += timedelta(days=30, seconds=59)
    assert made.allows(query(later), status())
    assert not made.allows(query(past), status())
    clock.at = NOW + timedelta(seconds=59)
    assert made.allows(query(past), status())
    with pytest.raises(InvalidRequest, match=r"^SendTime: "):
        made.url_for("js82hn8n", sends_at=datetime(2025, 6, 4))  # noqa: DTZ001 - that is the point


def test_the_standing_url_is_for_what_no_message_was_sent_for() -> None:
    """It never changes and never expires; a status must come to its own message's."""
    clock = Clock()
    made = callback(now=clock)
    url = made.standing_url()
    clock.at += timedelta(days=10_000)
    assert made.standing_url() == url
    assert made.allows(query(url), reply(None))
    assert made.allows(query(url), reply())
    assert made.allows(query(url), unknown(None))
    assert not made.allows(query(url), status())


def test_the_two_kinds_are_not_one_another() -> None:
    """No token of one passes for the other, and none for an event without a message."""
    made = callback()
    own, standing = query(made.url_for("js82hn8n")), query(made.standing_url())
    expiry = parse_qsl(own)[1][1]
    assert not made.allows(own.replace(f"&e={expiry}", ""), reply())
    assert not made.allows(standing.replace("&t=", f"&e={expiry}&t="), reply())
    assert not made.allows(query(made.url_for("")), reply(None))


def test_a_key_is_changed_without_a_gap() -> None:
    """The new one signs, the old one is accepted; once it is gone, its URLs are too."""
    before = callback(keys={"2024": OLD}).url_for("js82hn8n")
    after = callback().url_for("js82hn8n")
    assert "k=2025&" in after
    for url in (before, after):
        assert callback().allows(query(url), status())
    assert not callback(keys={"2025": KEY}).allows(query(before), status())
    assert not callback(keys={"2025": "another key of 16"}).allows(query(after), status())


@given(st.text() | st.binary())
def test_nothing_else_is_let_in(text: str | bytes) -> None:
    """Whatever the query: no error, and no."""
    for event in (status(), reply(None), unknown()):
        assert callback().allows(text, event) is False


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("k=2025", "k=2024"),
        lambda text: text.replace("k=2025", "k="),
        lambda text: text.replace("k=2025&", ""),
        lambda text: text.replace("&e=1", "&e=2"),
        lambda text: text.replace("&e=", "&e=0"),
        lambda text: text.replace("&e=", "&e=+"),
        lambda text: text.replace("&e=", "&e=" + "9" * 5_000),
        lambda text: text.replace("&e=", "&e=nan"),
        lambda text: f"{text}A",
        lambda text: text[:-1],
        lambda text: text.partition("&t=")[0],
        lambda text: f"{text}%ff",
        lambda text: f"{text}&k=2025",
        lambda text: f"t=x&{text}",
        lambda text: f"{text}{'&a=' * 60}",
        lambda text: f"{text}&a={'x' * 3_000}",
        lambda text: text.upper(),
    ],
)
def test_a_url_that_was_changed_is_refused(change) -> None:
    """Another key, another time, more or less of a token, twice the same, or far too much."""
    made = callback()
    text = query(made.url_for("js82hn8n"))
    assert made.allows(text, status())
    assert not made.allows(change(text), status())


@given(message_id=st.text(), other=st.text(), delay=st.integers(0, 10**9))
def test_a_token_is_of_one_message(message_id: str, other: str, delay: int) -> None:
    """Whatever the ids are, also where one holds what separates the parts."""
    made = callback()
    text = query(made.url_for(message_id, sends_at=NOW + timedelta(seconds=delay)))
    assert made.allows(text, status(message_id))
    same = message_id.casefold() == other.casefold()
    assert made.allows(text, status(other)) is same


# -- what it is made of ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        *("http://hooks.example/sms", "hooks.example/sms", "/sms", "", "https://", "ftp://a/b"),
        *("https://a/b#c", "https://a/b c", "https://a/\n", "https://[::1/", "http://10.0.0.1/"),
        *("https://a/?k=1", "https://a/?x=1&t", "https://a/?e=", f"https://a/{'x' * 425}"),
        f"https://a/?{'a&' * 3}t=",
    ],
)
def test_a_url_that_can_not_be_used_is_refused(url: str) -> None:
    """Without TLS the APIKey is anyone's; signed, it has 500 characters at most."""
    with pytest.raises(ConfigurationError, match=r"^url: "):
        callback(url=url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/sms", "http://localhost", "http://[::1]/a"])
def test_on_this_machine_no_tls_is_needed(url: str) -> None:
    """For the emulator."""
    made = callback(url=url)
    assert made.allows(query(made.url_for("js82hn8n")), status())


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"": KEY},
        {"a b": KEY},
        {"a&t": KEY},
        {"x" * 33: KEY},
        {"a": KEY, "b": "short"},
        {"a": b""},
    ],
)
def test_a_key_that_can_not_be_used_is_refused(keys: dict[str, str | bytes]) -> None:
    """A short one can be guessed from one URL; the error does not show it."""
    with pytest.raises(ConfigurationError, match=r"^keys: ") as caught:
        callback(keys=keys)
    assert "short" not in str(caught.value)


@pytest.mark.parametrize("lifetime", [0, -1, float("inf"), float("nan")])
def test_a_lifetime_ends(lifetime: float) -> None:
    """And is some time."""
    with pytest.raises(ConfigurationError, match=r"^lifetime: "):
        callback(lifetime=lifetime)


def test_no_key_gets_out() -> None:
    """Not in its repr, nor a copy or a pickle; of the URL only the host is shown."""
    made = callback(url="https://hooks.example/a-secret-path?token=hush")
    assert repr(made) == "<Callback to hooks.example, signed by 2025>"
    for copied in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="holds keys"):
            copied(made)
    kept = [str(getattr(made, name)) for name in made.__slots__]
    assert KEY not in str(kept)
    assert str(OLD) not in str(kept)


@pytest.mark.parametrize("own", ["", "?tenant=7"])
@pytest.mark.parametrize("kind", ["SMS", "Fax"])
def test_an_event_does_not_keep_the_token(own: str, kind: str) -> None:
    """The body repeats the URL it was posted to, and a store is read by many."""
    made = callback(url=URL + own)
    for url in (made.url_for("js82hn8n"), made.standing_url()):
        event = parse(
            f'{{"Type": "{kind}", "MessageID": "js82hn8n", "Destination": "+61421000001", '
            f'"Status": "SUCCESS", "URL": "{url}"}}'
        )
        kept = event.url if isinstance(event, StatusEvent) else event.fields["URL"]
        assert kept == URL + own
        assert url[-43:] not in event.to_json()
