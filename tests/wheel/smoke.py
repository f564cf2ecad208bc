"""Run with the Python of a venv that has the wheel and nothing else: the core install works alone.

Not a pytest file: pytest itself is not there.
"""

import asyncio
import importlib.metadata
import importlib.util
import pathlib
import sys
import tempfile

import httpx

import bestsms

EXTRAS = (
    "httptools",
    "orjson",
    "rich",
    "starlette",
    "uvicorn",
    "yaml",
    "jinja2",
    "pytest",
    "psycopg",
    "phonenumbers",
)


def provider(request: httpx.Request) -> httpx.Response:
    """Accept everything."""
    assert request.headers["Authorization"] == "Basic smoke-token"
    return httpx.Response(200, json={"Result": "Success", "MessageID": "ID1"})


async def send() -> str:
    """Send once, through a transport that reaches nobody."""
    transport = httpx.MockTransport(provider)
    async with bestsms.AsyncClient("smoke-token", transport=transport) as client:
        sent = await client.send("Hello", to="+61421000001", message_id="ID1")
    return sent.message_id


present = [name for name in EXTRAS if importlib.util.find_spec(name)]
assert not present, f"not a core install: {present}"
home = pathlib.Path(bestsms.__file__).parent
assert "site-packages" in home.parts, f"not the wheel: {home}"
assert (home / "py.typed").exists()
assert not (home / "_codegen").exists(), "the generator is not for users"
assert importlib.metadata.version("bestsms-async") == bestsms.__version__
assert asyncio.run(send()) == "ID1"
with (
    tempfile.TemporaryDirectory() as folder,
    bestsms.SyncClient(
        "smoke-token",
        transport=httpx.MockTransport(provider),
        journal=pathlib.Path(folder, "journal.sqlite"),
    ) as client,
):
    assert client.send("Hello", to="+61421000001", message_id="ID1").message_id == "ID1"
    assert client.recover() == []

from bestsms.cli import main  # noqa: E402 - the command line says what is missing

# Before anything is sent: 4 would mean that it tried to connect. JSON needs no extra.
words = ["send", "Hello", "--to", "+61421000001", "--emulator", "http://127.0.0.1:9"]
assert main(words) == 2
assert main([*words, "--json"]) == 4
assert main(["emulator"]) == 2
sys.stdout.write("the wheel works with the core install only\n")
