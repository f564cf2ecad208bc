"""Composing: from what a caller has at hand to the fields of one documented call."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bestsms import AsyncClient, Destination, File, InvalidRequest, Verdict

NUMBER = "+61421000001"


@pytest.mark.parametrize(
    ("to", "destinations"),
    [
        (NUMBER, [{"Recipient": NUMBER}]),
        (Destination(group_code="Staff"), [{"GroupCode": "Staff"}]),
        (
            [NUMBER, Destination(recipient="+64211", first_name="Jo")],
            [{"Recipient": NUMBER}, {"Recipient": "+64211", "FirstName": "Jo"}],
        ),
        (
            (f"+6142100000{digit}" for digit in (1, 2)),
            [{"Recipient": "+61421000001"}, {"Recipient": "+61421000002"}],
        ),
    ],
)
async def test_a_message_goes_to_one_or_many(
    client: AsyncClient, provider: Any, to: Any, destinations: list[dict[str, str]]
) -> None:
    """A number, a destination, a list of either, a generator."""
    await client.send("Hello", to=to)
    assert provider.bodies[0]["Destinations"] == destinations


async def test_every_argument_has_its_field(client: AsyncClient, provider: Any) -> None:
    """The verb's arguments are those of the documented call; what is not given is not sent."""
    await client.send(
        "Hello",
        to=NUMBER,
        message_id="ID1",
        reference="r",
        send_time=datetime(2025, 7, 1, tzinfo=UTC),
        from_number="+61421000099",
        sub_account="s",
        department="d",
        charge_code="c",
        sms_email_reply="a@example.com",
        report_to="b@example.com",
        webhook_callback_url="https://example.com/hook",
        webhook_callback_format="json",
        character_conversion=True,
        files=[File.from_bytes(b"x", name="x.txt")],
        test=True,
    )
    assert provider.bodies == [
        {
            "Message": "Hello",
            "Destinations": [{"Recipient": NUMBER}],
            "MessageID": "ID1",
            "Reference": "r",
            "SendTime": "2025-07-01T10:00:00",
            "TimeZone": "E. Australia",
            "FromNumber": "61421000099",  # T23: digits without a plus
            "SubAccount": "s",
            "Department": "d",
            "ChargeCode": "c",
            "SMSEmailReply": "a@example.com",
            "ReportTo": "b@example.com",
            "WebhookCallbackURL": "https://example.com/hook",
            "WebhookCallbackFormat": "JSON",
            "CharacterConversion": True,
            "Files": [{"Name": "x.txt", "Data": "eA=="}],
            "Mode": "Test",
        }
    ]
    await client.send("Hello", to=NUMBER)
    assert set(provider.bodies[1]) == {"Message", "Destinations", "MessageID"}


async def test_a_path_is_read_when_the_message_is_sent(
    client: AsyncClient, provider: Any, tmp_path: Path
) -> None:
    """Among files that are ready made, in their order."""
    (tmp_path / "a.txt").write_bytes(b"x")
    ready = File.from_bytes(b"y", name="b.txt")
    await client.send("[[File1]]", to=NUMBER, files=[tmp_path / "a.txt", ready])
    assert [each["Name"] for each in provider.bodies[0]["Files"]] == ["a.txt", "b.txt"]
    with pytest.raises(FileNotFoundError):
        await client.send("[[File1]]", to=NUMBER, files=[tmp_path / "gone.txt"])
    assert len(provider.bodies) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"message": ""}, "Message: must not be empty"),
        ({"message": " \n"}, "Message: must not be empty"),
        ({"message": None}, "Message: must be text, not NoneType"),
        ({"message": "\udc00"}, "Message: holds half of a surrogate pair"),
        ({"to": []}, "Destinations: must hold at least 1"),
        ({"to": ""}, "Destination: needs one of Recipient"),
        ({"to": "  "}, "Destination: needs one of Recipient"),
        ({"to": None}, "Destinations: to= takes a number, a Destination, .* or a list"),
        ({"to": 61421000001}, "Destinations: to= takes .*, not int"),
        ({"to": [61421000001]}, "Destinations: item 0 must be a Destination, not int"),
        ({"to": b"+61421000001"}, "Destinations: to= takes a number, .* not bytes"),
        ({"message_id": ""}, "MessageID: must not be empty"),
        ({"message_id": "x" * 41}, "MessageID: must be at most 40 characters, and is 41"),
        ({"message_id": "a_b"}, "MessageID: must be letters, digits and hyphens only"),
        ({"reference": "x" * 81}, "Reference: must be at most 80 characters, and is 81"),
        ({"message": "x" * 20_000_000}, "body: a request is at most 20,000,000 bytes"),
        ({"files": [File.from_bytes(b"x", name="x")] * 11}, "Files: must hold at most 10"),
        ({"files": ["x.txt"]}, "Files: item 0 must be a File, not str"),
        ({"webhook_callback_url": "http://example.com"}, "WebhookCallbackURL: must be .* https://"),
        ({"webhook_callback_format": "YAML"}, "WebhookCallbackFormat: must be one of JSON, XML"),
        ({"send_time": datetime.fromisoformat("2025-07-01T10:00")}, "SendTime: .* needs TimeZone"),
        (
            {"send_time": datetime(2025, 7, 1, tzinfo=UTC), "time_zone": "Mars"},
            "TimeZone: must be 'New Zealand'",
        ),
        ({"from_number": "+"}, "FromNumber: must be a number"),
        ({"from_number": "++61 421"}, "FromNumber: must be a number"),
        ({"send_time": "2025-07-01T10:00Z"}, "SendTime: as text, a time is YYYY-MM-DDTHH:mm"),
        ({"send_time": 1751328000}, "SendTime: must be a datetime or text, not int"),
        ({"character_conversion": "yes"}, "CharacterConversion: must be True or False"),
        ({"from_number": 61421000001}, "FromNumber: must be text, not int"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_wrong_argument_is_refused_before_a_byte_leaves(
    client: AsyncClient, provider: Any, given: dict[str, Any], said: str
) -> None:
    """With the field and the limit, the verdict NOT_SENT, and nothing of the number or text."""
    message = given.pop("message", "Hello")
    with pytest.raises(InvalidRequest, match=f"^{said}") as caught:
        await client.send(message, **{"to": NUMBER, **given})
    assert caught.value.verdict is Verdict.NOT_SENT
    assert provider.bodies == []
    assert not re.search(r"\d{7}", str(caught.value).replace("20,000,000", ""))


@pytest.mark.parametrize("time_zone", ["AUS Eastern", "Australia/Sydney"])
async def test_a_naive_time_goes_with_its_zone(
    client: AsyncClient, provider: Any, time_zone: str
) -> None:
    """By the provider's name or by the IANA name, as a datetime or as text."""
    for time in (datetime.fromisoformat("2025-07-01T10:00"), "2025-07-01T10:00:00"):
        await client.send("Hello", to=NUMBER, send_time=time, time_zone=time_zone)
        body = provider.bodies.pop()
        assert (body["SendTime"], body["TimeZone"]) == ("2025-07-01T10:00:00", "AUS Eastern")


async def test_one_file_needs_no_list(client: AsyncClient, provider: Any, tmp_path: Path) -> None:
    """A lone Path or File is taken as a lone number is."""
    path = tmp_path / "invoice.pdf"
    path.write_bytes(b"%PDF")
    await client.send("[[File1]]", to="+61421000001", files=path)
    assert provider.bodies[-1]["Files"] == [{"Name": "invoice.pdf", "Data": "JVBERg=="}]


@pytest.mark.parametrize("files", [None, 5, "invoice.pdf", b"%PDF", {"a": 1}])
async def test_what_is_no_file_is_refused(client: AsyncClient, provider: Any, files: Any) -> None:
    """Only a path that is a Path is ever read: a text might be anything."""
    with pytest.raises(InvalidRequest, match=r"^Files: files= takes a File, a Path") as caught:
        await client.send("Hello", to="+61421000001", files=files, message_id="ID1")
    assert caught.value.message_id == "ID1"


@pytest.mark.parametrize("test", ["yes", "false", 1, None])
async def test_test_mode_is_asked_for_in_so_many_words(
    client: AsyncClient, provider: Any, test: Any
) -> None:
    """Anything but True or False might mean the opposite, and decides who gets a text."""
    with pytest.raises(InvalidRequest, match=r"^test: must be True or False"):
        await client.send("Hello", to="+61421000001", test=test)


async def test_off_is_not_said(client: AsyncClient, provider: Any) -> None:
    """CharacterConversion goes out only when it is wanted (T47)."""
    await client.send("Hello", to="+61421000001", character_conversion=False)
    assert "CharacterConversion" not in provider.bodies[-1]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 459, None),
        ("a" * 460, 4),
        ("\u0107" * 201, None),
        ("\u0107" * 202, 4),
        ("\N{PARTY POPPER}" * 99, None),
        ("\N{PARTY POPPER}" * 100, 4),  # 33 pairs a part, for none is split
        ("`" * 201, None),
        ("`" * 202, 4),
    ],
    ids=lambda value: value and ascii(value)[:8],
)
async def test_a_long_text_is_sent_with_a_warning(
    client: AsyncClient, provider: Any, text: str, parts: int | None, caplog: Any
) -> None:
    """Above three parts the log says so, without the text; the limit is the account's (T36)."""
    await client.send(text, to=NUMBER)
    assert len(provider.bodies) == 1
    said = [each for each in caplog.messages if "parts" in each]
    assert bool(said) is (parts is not None)
    assert all(f"a text of {parts} parts is sent" in each for each in said)
