"""The clients that are compared: what to install, how each is reached, and what was set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from common.venvs import ROOT

__all__ = ["PEERS", "Peer"]


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One client, as its own documentation has it used.

    Attributes:
        name: Its name with ``--only``, and of its driver, ``drivers/send_<name>.py``.
        title: What the table calls it, before its version.
        package: What pip installs.
        distribution: Whose version is shown; also the name of its venv.
        provider: Whose answers it expects.
        scheme: The kind of port it is sent to.
        timeout: What is true of its timeout, in words.
        reached: How it was made to talk to the server.
        environment: Variables it is given.
    """

    name: str
    title: str
    package: str
    distribution: str
    provider: str
    scheme: str = "http"
    timeout: str
    reached: str
    environment: Mapping[str, str] = field(default_factory=dict)


TELNYX_TIMEOUT: Final = "60 s by default; timeout= sets it"

PEERS: Final = (
    Peer(
        name="ours",
        title="this client",
        package=str(ROOT),
        distribution="bestsms-async",
        provider="bestsms",
        timeout="30 s by default; timeout= sets it",
        reached="base_url=",
    ),
    Peer(
        name="vendor",
        title="bestsms (the vendor's)",
        package="bestsms==3.0.0.0",
        distribution="bestsms",
        provider="bestsms-3",
        timeout="30 s, and no way to set it: both columns show that",
        reached="BaseURL=, and BESTSMS_ALLOW_INSECURE_HTTP as its documentation says",
        environment={"BESTSMS_ALLOW_INSECURE_HTTP": "true"},
    ),
    Peer(
        name="twilio",
        title="twilio",
        package="twilio",
        distribution="twilio",
        provider="twilio",
        scheme="https",
        timeout="none by default; TwilioHttpClient(timeout=) sets it",
        reached="a TwilioHttpClient that changes the URL's host and nothing else",
    ),
    Peer(
        name="telnyx",
        title="telnyx",
        package="telnyx",
        distribution="telnyx",
        provider="telnyx",
        timeout=TELNYX_TIMEOUT,
        reached="base_url=",
    ),
    Peer(
        name="telnyx_key",
        title="telnyx, given a key",
        package="telnyx",
        distribution="telnyx",
        provider="telnyx",
        timeout=TELNYX_TIMEOUT,
        reached="base_url=; each send is given an idempotency_key=, which the server honours",
    ),
    Peer(
        name="vonage",
        title="vonage",
        package="vonage",
        distribution="vonage",
        provider="vonage",
        scheme="https",
        timeout="none by default; HttpClientOptions(timeout=) sets it",
        reached="HttpClientOptions(api_host=)",
    ),
)
