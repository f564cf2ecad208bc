"""The switches are validated, and each is explained."""

import attrs
import pytest

from bestsms.emulator import EmulatorError, Settings
from bestsms.emulator.settings import Changes, is_loopback, is_receiver


def test_every_setting_is_a_keyword_argument_and_documented():
    """Settings, the typed keyword arguments and the docstring name the same switches."""
    names = [attribute.name for attribute in attrs.fields(Settings)]
    assert names == list(Changes.__annotations__)
    documented = {line.strip().partition(":")[0] for line in (Settings.__doc__ or "").splitlines()}
    assert set(names) <= documented


@pytest.mark.parametrize(
    "change",
    [
        {"unknown_message_status": 500},
        {"unknown_message_status": True},
        {"unknown_message_status": "400"},
        {"error_key": "Error"},
        {"reply_shape": []},
        {"send_failures_as_200": 1},
        {"delivery_seconds": -1},
        {"delivery_seconds": float("nan")},
        {"delivery_seconds": 10**400},
        {"price_per_part": True},
        {"price_per_part": "0.1"},
        {"account": 5},
        {"webhook_sender": "a\nb"},
        {"webhook_api_key": "schl\u00fcssel"},
        {"time_zone": "Mars"},
        {"time_zone": 10},
        {"webhook_url": "http://192.0.2.1/"},
        {"webhook_url": None},
        {"webhook_format": "GET"},
        {"webhook_layout": "3.00"},
        {"no_such_setting": 1},
    ],
)
def test_an_impossible_value_is_refused(change):
    """The error names the setting."""
    with pytest.raises(EmulatorError, match=next(iter(change))):
        Settings().changed(change)


@pytest.mark.parametrize(
    "change",
    [
        {"unknown_message_status": 404},
        {"time_zone": "new zealand standard time"},
        {"webhook_url": ""},
        {"webhook_layout": None},
        {"delivery_seconds": 0},
    ],
)
def test_a_possible_value_is_taken(change):
    """Settings are values: a change makes new ones."""
    first = Settings()
    assert first.changed(change).as_dict() == {**first.as_dict(), **change}


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://www.example.com/webhook", True),
        ("http://127.0.0.1:9000/hook", True),
        ("http://localhost/hook", True),
        ("http://[::1]:9000/", True),
        ("http://www.example.com/", False),
        ("ftp://127.0.0.1/", False),
        ("https://", False),
        ("https://a:port/", False),
        ("https://a b/", False),
        ("https://[::1/", False),
        ("nonsense", False),
    ],
)
def test_webhooks_go_by_https_or_stay_here(url, fine):
    """The default webhook is https, or plain http on loopback."""
    assert is_receiver(url) is fine


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("LOCALHOST", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("example.com", False),
    ],
)
def test_what_is_loopback(host, here):
    """Names other than localhost are never trusted to be this machine."""
    assert is_loopback(host) is here
