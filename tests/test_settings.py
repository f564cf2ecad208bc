"""Settings: an argument, else the environment, else a default; errors never show the token."""

from __future__ import annotations

import copy
import pickle
import re
import traceback
from typing import Any

import httpx
import pytest
from hypothesis import example, given, strategies as st

from bestsms import AsyncClient
from bestsms._settings import AREAS, Secret, Settings, is_loopback, read_token
from bestsms.errors import ConfigurationError

CANARY = "eyJhbGciOiJIUzI1NiJ9.canary"


def resolved(**given: Any) -> Settings:
    """Settings of nothing but what a test gives."""
    nothing: dict[str, Any] = {
        "base_url": None,
        "version": None,
        "versions": None,
        "timeout": 30.0,
        "deadline": None,
        "max_connections": 100,
    }
    return Settings.resolve(Secret(CANARY), **{**nothing, **given})


# -- the token -------------------------------------------------------------------------------------


def test_the_token_of_the_argument_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """An argument comes before the environment variable."""
    monkeypatch.setenv("BESTSMS_AUTH_TOKEN", "from-outside")
    assert read_token("given").reveal() == "given"
    assert read_token(None).reveal() == "from-outside"


def test_a_token_read_from_a_file_may_end_with_a_newline() -> None:
    """White space around a token is taken off; httpx would print the whole header in its error."""
    assert read_token(f"  {CANARY}\r\n").reveal() == CANARY


@pytest.mark.parametrize("missing", [None, "", "  \n"])
def test_no_token_is_an_error_that_says_how_to_give_one(missing: str | None) -> None:
    """Without a token there is no client, and the error says where a token is made."""
    with pytest.raises(ConfigurationError, match=r"BESTSMS_AUTH_TOKEN.*Dashboard"):
        read_token(missing)


def test_an_error_names_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text starts with where the wrong token came from."""
    with pytest.raises(ConfigurationError, match=r"^auth_token: "):
        read_token("a b")
    monkeypatch.setenv("BESTSMS_AUTH_TOKEN", "a b")
    with pytest.raises(ConfigurationError, match=r"^BESTSMS_AUTH_TOKEN: "):
        read_token(None)


def test_bytes_are_no_token() -> None:
    """A token of another type is refused by the type's name."""
    with pytest.raises(ConfigurationError, match="not bytes"):
        read_token(CANARY.encode())  # type: ignore[arg-type]


@given(before=st.text(max_size=9), after=st.text(max_size=9))
def test_a_token_is_used_whole_or_refused_unseen(before: str, after: str) -> None:
    """Only header-safe characters pass, and no error shows any of a refused token."""
    token = f"{before}{CANARY}{after}"
    try:
        said = read_token(token).reveal()
    except ConfigurationError as error:
        said = f"{error!r} {error}"
    if CANARY in said:
        assert said == token.strip()
        assert re.fullmatch(r"[A-Za-z0-9._~+/=-]+", said)


def test_a_refused_token_is_not_in_the_frame_that_refused_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A traceback with captured locals does not show the token."""
    monkeypatch.setenv("BESTSMS_AUTH_TOKEN", f"{CANARY}\nX-Injected: yes")
    with pytest.raises(ConfigurationError) as caught:
        read_token(None)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "canary" not in "".join(shown.format())


@pytest.mark.parametrize(
    "escape",
    [pickle.dumps, copy.copy, copy.deepcopy],
    ids=["pickle", "copy", "deepcopy"],
)
def test_a_secret_does_not_leave_by_the_back_door(escape) -> None:
    """A secret is neither pickled nor copied."""
    with pytest.raises(TypeError, match="not copied or pickled"):
        escape(Secret(CANARY))


def test_settings_show_no_token() -> None:
    """Neither a secret nor the settings that hold it print it."""
    settings = resolved()
    for shown in (repr(settings), str(settings), f"{settings.token}", repr(settings.token)):
        assert "canary" not in shown
    assert repr(Secret("four")) == "<Secret of 4 characters>"
    with pytest.raises(TypeError):
        pickle.dumps(settings)


# -- versions --------------------------------------------------------------------------------------


def test_every_area_speaks_the_default_version() -> None:
    """2.04 is spoken everywhere unless something else is asked for."""
    assert resolved().versions == dict.fromkeys(AREAS, "2.04")


def test_versions_are_mixed_area_by_area(monkeypatch: pytest.MonkeyPatch) -> None:
    """``versions=`` wins over ``version=``, which wins over the environment."""
    monkeypatch.setenv("BESTSMS_VERSION", "2.03")
    assert resolved().versions["groups"] == "2.03"
    mixed = resolved(version="2.04", versions={"reports": "2.03"}).versions
    assert (mixed["reports"], mixed["groups"]) == ("2.03", "2.04")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"version": "3.00"}, r"^version: '3.00' is not a version"),
        ({"version": 2.04}, r"\(as text\)"),
        ({"version": ""}, r"^version: ''"),
        ({"versions": {"reports": "v2.03"}}, r"^versions\['reports'\]: 'v2.03'"),
        ({"versions": {"report": "2.03"}}, r"no area 'report'; the areas are messaging, "),
    ],
)
def test_a_wrong_version_is_refused(given: dict[str, Any], said: str) -> None:
    """There are two versions and seven areas, and an error says which."""
    with pytest.raises(ConfigurationError, match=said):
        resolved(**given)


def test_an_error_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong value from the environment is blamed on its variable."""
    monkeypatch.setenv("BESTSMS_VERSION", "2.4")
    with pytest.raises(ConfigurationError, match=r"^BESTSMS_VERSION: '2.4'"):
        resolved()


# -- numbers ---------------------------------------------------------------------------------------


def test_the_deadline_is_four_timeouts_unless_given() -> None:
    """A slow answer may use more than one attempt, and never more than the deadline."""
    assert resolved(timeout=5).deadline == 20.0
    assert resolved(timeout=5, deadline=7).deadline == 7.0


@pytest.mark.parametrize("name", ["timeout", "deadline"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), True, "30"])
def test_seconds_are_a_number_above_zero(name: str, value: object) -> None:
    """No timeout is no choice: a call that may hang for ever is refused."""
    with pytest.raises(ConfigurationError, match=rf"^{name}: seconds are needed"):
        resolved(**{name: value})


@pytest.mark.parametrize("value", [-1, -0.1, float("nan"), float("inf"), True, "60", None])
def test_a_settle_window_may_be_nothing_but_not_less(value: object) -> None:
    """Sixty seconds unless given; 0 looks an unclear send up not at all."""
    assert resolved().settle_window == 60.0
    assert resolved(settle_window=0).settle_window == 0.0
    with pytest.raises(ConfigurationError, match=r"^settle_window: seconds are needed, .* from 0"):
        resolved(settle_window=value)


@pytest.mark.parametrize("value", [0, -1, 10_001, 1.0, True, "9"])
def test_connections_are_a_whole_number(value: object) -> None:
    """From one to ten thousand connections."""
    with pytest.raises(ConfigurationError, match=r"^max_connections: .* 1 to 10,000"):
        resolved(max_connections=value)


def test_the_bounds_of_connections_are_included() -> None:
    """One connection is enough, and ten thousand are allowed."""
    assert resolved(max_connections=1).max_connections == 1
    assert resolved(max_connections=10_000).max_connections == 10_000


# -- where to --------------------------------------------------------------------------------------


def test_the_base_url_of_the_argument_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argument, environment, default; an empty variable counts as none."""
    assert resolved().base_url == "https://api.bestsms.com.au"
    monkeypatch.setenv("BESTSMS_BASE_URL", "http://localhost:8023/")
    assert resolved().base_url == "http://localhost:8023"
    assert resolved(base_url="https://example.com/sms/").base_url == "https://example.com/sms"
    monkeypatch.setenv("BESTSMS_BASE_URL", "")
    assert resolved().base_url == "https://api.bestsms.com.au"


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8000", "http://127.0.0.1", "http://127.8.9.1:80", "http://[::1]:8000"],
)
def test_plain_http_reaches_this_machine_only(url: str) -> None:
    """The emulator needs no certificate."""
    assert resolved(base_url=url).base_url == url


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://api.bestsms.com.au", "plain http to api.bestsms.com.au would show the token"),
        ("http://127.0.0.1.evil.example", "plain http"),
        ("http://127.0.0.1@evil.example", "plain http"),
        ("http://0.0.0.0", "plain http"),
        ("https://user:pw@example.com", "no user, query or fragment"),
        ("https://example.com?x=1", "no user, query or fragment"),
        ("https://example.com#x", "no user, query or fragment"),
        ("https://example.com/api/v2.04", r"leave '/api/v2.04' out"),
        ("https://example.com/API", "leave '/API' out"),
        ("ftp://example.com", "a URL such as"),
        ("api.bestsms.com.au", "a URL such as"),
        ("https://", "a URL such as"),
        ("https://[::1", "a URL such as"),
        ("https://example.com:99999", "a URL such as"),
        (b"https://example.com", "a URL such as"),
        (7, "a URL such as"),
    ],
)
def test_a_wrong_base_url_is_refused(url: Any, said: str) -> None:
    """What would send the token elsewhere, unencrypted, or to a doubled path makes no client."""
    with pytest.raises(ConfigurationError, match=f"^base_url: .*{said}"):
        resolved(base_url=url)


PIECES = (
    *("http://", "https://", "HTTP://", "//", "localhost", "127.0.0.1", "[::1]", "evil.example"),
    *("@", ":", "80", "/", "\\", "?", "#", "[", "]", ".", "%00", " ", "\n", "x", "\u3002", "api"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
@example("http://127.0.0.1\\@evil.example")
@example("http://evil.example\\@127.0.0.1")
@example("http://localhost:80@evil.example:80")
def test_no_url_makes_a_plain_http_client_to_elsewhere(url: str) -> None:
    """What is accepted is https or this machine, also as httpx reads it, which connects."""
    try:
        base_url = resolved(base_url=url).base_url
        target = httpx.URL(f"{base_url}/api/v2.04/send/sms")
    except (ConfigurationError, httpx.InvalidURL):
        return
    assert target.scheme == "https" or is_loopback(target.host)
    assert not target.userinfo.strip(b":")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.255.0.9", "::1"])
def test_this_machine_is_loopback(host: str) -> None:
    """A name, the whole of 127/8, and IPv6."""
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["localhost.example", "10.0.0.1", "0.0.0.0", "::", "example", ""])
def test_any_other_machine_is_not(host: str) -> None:
    """A private network is not this machine."""
    assert not is_loopback(host)


@pytest.mark.parametrize("versions", ["2.03", ["2.03"], 2.03])
def test_versions_are_a_mapping(versions: Any) -> None:
    """One version for some areas: anything else is told how it is written."""
    with pytest.raises(ConfigurationError, match="a mapping is needed"):
        AsyncClient("t", versions=versions)


@pytest.mark.parametrize(
    "url",
    [
        "https://exa mple.com",
        "https://.",
        "https://a..b",
        "https://@h",
        "https://h/../x",
        "https://h/a b",
        "https://h\ud83d",
        "https://xn--é",
        "https://h:0",
        "http://127.0.0.1:0",
        "https://h:65536",
        f"https://{'a' * 64}.example",
        f"https://sms.{'a' * 64}",
        [],
        7,
    ],
)
def test_a_base_url_that_can_not_work_is_found_at_once(url: Any) -> None:
    """At construction, with what is wanted; not as a failing first send."""
    with pytest.raises(ConfigurationError, match="base_url"):
        AsyncClient("t", base_url=url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://h:0", r"^base_url: .* port 0; a port is 1 to 65535"),
        (f"https://{'a' * 70}.example", r"^base_url: .* has 70 characters; .* at most 63"),
    ],
)
def test_a_port_or_a_name_that_none_can_have_is_named(url: str, said: str) -> None:
    """Port 0 is not the usual port, and too long a name is no failing look-up at night."""
    with pytest.raises(ConfigurationError, match=said):
        resolved(base_url=url)


def test_a_name_may_be_as_long_as_names_may_be() -> None:
    """63 characters between its dots; of an address the limit says nothing."""
    name = f"https://{'a' * 63}.{'b' * 63}.:65535"
    assert resolved(base_url=name).base_url == name


def test_a_base_url_may_have_a_path() -> None:
    """A gateway's own path stays in front, also one that merely begins like ours."""
    assert "https://h/sms/apis" in repr(AsyncClient("t", base_url="https://h/sms/apis/"))
    assert "http://[::1]:8026" in repr(AsyncClient("t", base_url="http://[::1]:8026"))


@pytest.mark.parametrize("value", [0, -1, 1e-4, 10_001, True, "1", None, float("nan")])
def test_a_poll_rate_is_looks_a_second(value: object) -> None:
    """From one in a quarter of an hour to what no provider would take."""
    with pytest.raises(ConfigurationError, match=r"^poll_rate: .* 0\.001 to 10,000"):
        resolved(poll_rate=value)
    assert resolved(poll_rate=0.5).poll_rate == 0.5
