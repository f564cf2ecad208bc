"""POST /send/sms: what is accepted, what is refused and with which words."""

import re
from uuid import UUID

import pytest

from bestsms.emulator.core import store

UUID_V4 = 4


def data(**fields):
    """Return a send body with these fields besides the required ones."""
    return {
        "MessageData": {
            "Message": "Hello",
            "Destinations": [{"Recipient": "+61421000001"}],
            **fields,
        }
    }


async def test_the_smallest_documented_call_is_accepted(either_api):
    """Message and one Recipient are enough; the answer is Result and MessageID, no more (1.1.1)."""
    answer = await either_api.call("POST", "send/sms", json=data())
    assert answer.status_code == 200
    assert list(answer.json()) == ["Result", "MessageID"]
    assert answer.json()["Result"] == "Success"


@pytest.mark.parametrize("given", [{}, {"MessageID": ""}, {"MessageID": " "}, {"MessageID": None}])
async def test_an_absent_or_blank_message_id_becomes_a_uuid(api, given):
    """The server makes a UUIDv4 where the caller chose nothing (T45)."""
    answer = (await api.call("POST", "send/sms", json=data(**given))).json()
    assert UUID(answer["MessageID"]).version == UUID_V4


async def test_a_chosen_message_id_is_kept(api):
    """What the caller chose comes back."""
    assert (await api.send("+61421000001", MessageID="ID123456"))["MessageID"] == "ID123456"


async def test_job_numbers_are_eight_alphanumerics(api, emulator):
    """JobNum is 8 characters, another for each job (T72)."""
    for _ in range(3):
        await api.send("+61421000001")
    numbers = {job["JobNum"] for job in emulator.state()["jobs"]}
    assert len(numbers) == 3
    assert all(re.fullmatch("[0-9A-Z]{8}", number) for number in numbers)


async def test_no_two_jobs_share_a_number(api, emulator, monkeypatch):
    """A number that is taken is drawn again."""
    drawn = iter(["00000001", "00000001", "00000002"])
    monkeypatch.setattr(store, "token_hex", lambda _: next(drawn))
    await api.send("+61421000001")
    await api.send("+61421000001")
    assert [job["JobNum"] for job in emulator.state()["jobs"]] == ["00000001", "00000002"]


async def test_nulls_and_unknown_keys_are_tolerated(api):
    """The vendor's clients send null for what is unset and leak keys of their own (T43, T33)."""
    body = data(Reference=None, SendMode="Test", Files=[], ErrorEmailNotify="a@example.com")
    body["HTTPMethod"] = "POST"
    body["MessageData"]["Destinations"][0] |= {"Attention": None, "FaxNumber": None}
    assert (await api.call("POST", "send/sms", json=body)).json()["Result"] == "Success"


REFUSALS = [
    ({}, "Missing message data"),
    ({"MessageData": None}, "Missing message data"),
    (data(Message=""), "Missing or empty message"),
    (data(Message=" \n"), "Missing or empty message"),
    (
        {"MessageData": {"MessageText": "x", "Destinations": ["+61421000001"]}},
        "Missing or empty message",
    ),
    (data(Destinations=[]), "Missing or empty destinations"),
    (data(Destinations=None), "Missing or empty destinations"),
    (data(Destinations=["nobody", {}]), "Error - Could not find any valid destination(s)."),
    (
        data(Destinations=[{"GroupCode": "none"}]),
        "Error - Could not find any valid destination(s).",
    ),
    (data(WebhookCallbackURL="http://x.example"), "WebhookCallbackURL must start with https://"),
    (data(WebhookCallbackFormat="GET"), "WebhookCallbackFormat must be JSON or XML"),
    (data(MessageID="x" * 41), "Invalid MessageID: 1 to 40 letters, digits or . _ ~ -"),
    (data(MessageID="a/b"), "Invalid MessageID: 1 to 40 letters, digits or . _ ~ -"),
    (data(Reference="x" * 101), "Reference is longer than 100 characters"),
    (data(SendTime="tomorrow"), "Invalid SendTime: tomorrow"),
    (data(Files=[{"Data": "QQ=="}]), "Missing file name on file 1"),
    (data(Files=[{"Name": "a", "Data": "QQ=="}, {"Name": "b"}]), "Missing file data on file 2"),
    (data(Files=[{"Name": "a", "Data": "QQ=="}] * 11), "More than 10 files"),
    ({**data(), "Message": "beside"}, "Failed to process your API request. Check your syntax."),
    ({"MessageData": "text"}, "Failed to process your API request. Check your syntax."),
    ([], "Failed to process your API request. Check your syntax."),
    ("text", "Failed to process your API request. Check your syntax."),
]


@pytest.mark.parametrize(("body", "text"), REFUSALS)
async def test_a_refused_send_says_why(api, emulator, body, text):
    """A refusal is HTTP 400 with the documented text, and nothing is accepted (1.1.6, E1)."""
    answer = await api.call("POST", "send/sms", json=body)
    assert answer.status_code == 400
    assert answer.json() == {"Result": "Failed", "Message": text, "ErrorMessage": [text]}
    assert emulator.ledger() == []


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"Message": 5}, "MessageData.Message must be a string"),
        ({"Destinations": "x"}, "MessageData.Destinations must be an array"),
        ({"Destinations": [7]}, "MessageData.Destinations[0] must be an object"),
        (
            {"Destinations": [{"Recipient": []}]},
            "MessageData.Destinations[0].Recipient must be a string",
        ),
        ({"Files": [None]}, "MessageData.Files[0] must be an object"),
        ({"CharacterConversion": 3}, "MessageData.CharacterConversion must be true or false"),
    ],
)
async def test_a_value_of_the_wrong_type_is_named(api, fields, detail):
    """Wrong types are a syntax failure that says where."""
    answer = await api.call("POST", "send/sms", json=data(**fields))
    assert answer.status_code == 400
    assert answer.json()["ErrorMessage"][1] == detail


async def test_an_old_refusal_has_message_only(old_api):
    """2.03 knows no ErrorMessage (T53)."""
    answer = await old_api.call("POST", "send/sms", json={})
    assert answer.json() == {"Result": "Failed", "Message": "Missing message data"}


async def test_a_bad_destination_among_good_ones_fails_alone(api, emulator):
    """Partly bad destinations are accepted and fail per recipient (U21)."""
    sent = await api.send("+61421000001", "12", "1" * 16, "no number", {"ContactID": "gone"})
    emulator.advance(2)
    report = await api.get(f"get/status/{sent['MessageID']}")
    assert [recipient["Result"] for recipient in report["Recipients"]] == [
        "delivered",
        "Invalid Mobile Number (RP-Min)",
        "Invalid Mobile Number (RP-Max)",
        "Bad Number",
        "Bad Number",
    ]
    assert (report["Count"], report["Success"], report["Failed"]) == (5, 1, 4)


async def test_destinations_may_be_plain_strings(api, emulator):
    """Old samples list bare numbers (T44)."""
    answer = await api.call("POST", "send/sms", json=data(Destinations=["0421 000 001"]))
    assert answer.status_code == 200
    assert emulator.ledger()[0]["sends"][0]["recipients"] == ["+61421000001"]


async def test_placeholders_are_filled_for_each_recipient(api):
    """[[FirstName]] and friends come from the destination, in either spelling of the keys (T20)."""
    text = "[[FirstName]] [[last name]] [[Attention]] [[COMPANY]] [[Custom9]] [[Custom1]][[STOP]]"
    sent = await api.send(
        {"Recipient": "+61421000001", "FirstName": "Jo", "Attention": "Ms Jo", "Custom9": "nine"},
        {"Recipient": "+61421000002", "First Name": "Al", "Company": "ACME"},
        message=text,
    )
    report = await api.get(f"get/sms/reply/{sent['MessageID']}")
    assert [recipient["MessageText"] for recipient in report["Recipients"]] == [
        "Jo [[last name]] Ms Jo  nine [[STOP]]",
        "Al [[last name]]  ACME  [[STOP]]",
    ]


async def test_files_and_links_become_addresses(api, emulator):
    """[[File1]] stands for a link to the file, [[Link:…]] for its own address."""
    sent = await api.send(
        "+61421000001",
        message="[[File1]] [[Link:https://a.example/b]] [[File2]]",
        Files=[{"Name": "a.pdf", "Data": "QQ=="}],
    )
    report = await api.get(f"get/sms/reply/{sent['MessageID']}")
    job = emulator.state()["jobs"][0]["JobNum"]
    text = report["Recipients"][0]["MessageText"]
    assert text == f"https://files.example/{job}/1 https://a.example/b [[File2]]"


@pytest.mark.parametrize("flag", [True, "true"])
async def test_character_conversion_makes_plain_text(api, flag):
    """CharacterConversion turns © into (C) and the like (T47)."""
    sent = await api.send("+61421000001", message="© “x”", CharacterConversion=flag)
    report = await api.get(f"get/sms/reply/{sent['MessageID']}")
    assert report["Recipients"][0]["MessageText"] == '(C) "x"'


async def test_contacts_and_groups_unfold_to_mobile_numbers(api, emulator):
    """A ContactID or group destination reaches each MobilePhone, with the contact's fields."""
    contact = (await api.post("addressbook/contact", MobilePhone="0421 000 002", FirstName="Jess"))[
        "Contact"
    ]["ContactID"]
    other = (await api.post("addressbook/contact", FirstName="No phone"))["Contact"]["ContactID"]
    group = (await api.post("addressbook/group", GroupName="All"))["Group"]["GroupID"]
    for member in (contact, other):
        await api.post(f"addressbook/group/{group}/contact", ContactID=member)

    sent = await api.send(
        {"ContactID": contact, "Custom1": "own"},
        {"GroupCode": "all"},
        {"GroupID": group, "FirstName": "Everyone"},
        {"Recipient": "+61421000009", "ContactID": contact},
        message="Hi [[FirstName]][[Custom1]]",
    )
    emulator.advance(2)
    report = await api.get(f"get/sms/reply/{sent['MessageID']}")
    seen = [
        (r["Destination"], r["MessageText"], r["ContactID"], r["GroupID"], r["Status"])
        for r in report["Recipients"]
    ]
    assert seen == [
        ("+61421000002", "Hi Jessown", contact, "", "Success"),
        ("+61421000002", "Hi Jess", contact, group, "Success"),
        ("", "Hi No phone", other, group, "Failed"),
        ("+61421000002", "Hi Everyone", contact, group, "Success"),
        ("", "Hi Everyone", other, group, "Failed"),
        ("+61421000009", "Hi Jess", contact, "", "Success"),
    ]


async def test_mode_test_is_an_instant_success(api, emulator):
    """Mode=Test completes at once, is reported, and reaches no phone (U15)."""
    sent = await api.send("+61491570156", MessageID="t", Mode="TEST", SendTime="2030-01-01T00:00")
    report = await api.get(f"get/status/{sent['MessageID']}")
    assert (report["Status"], report["Success"], report["Price"]) == ("Completed", 1, 0.1)
    assert report["Recipients"][0]["Result"] == "delivered"
    assert emulator.reply("+61491570156", "Who is this?")["MessageID"] == ""


async def test_a_reused_message_id_means_the_most_recent_job(api, emulator):
    """Reuse is allowed; reports are of the last send, the ledger counts both (T90)."""
    await api.send("+61421000001", MessageID="same", Reference="first")
    await api.send("+61421000002", MessageID="same", Reference="second")
    assert (await api.get("get/status/same"))["Reference"] == "second"
    (entry,) = emulator.ledger()
    assert (entry["MessageID"], entry["count"]) == ("same", 2)
    assert [send["recipients"] for send in entry["sends"]] == [["+61421000001"], ["+61421000002"]]


async def test_an_unknown_time_zone_is_ignored_or_refused(make, caller):
    """Unknown zones count as the user's own, unless the switch refuses them (U14)."""
    sent = await caller(make()).send("+61421000001", MessageID="z", TimeZone="Mars")
    assert sent["Result"] == "Success"
    strict = caller(make(refuse_unknown_time_zone=True))
    answer = await strict.send("+61421000001", TimeZone="Mars")
    assert answer["Message"] == "Unknown TimeZone: Mars"


async def test_a_failed_send_can_come_with_http_200(make, caller):
    """Live users saw Result: Failed on HTTP 200; a switch plays that (T50, E3)."""
    api = caller(make(send_failures_as_200=True))
    answer = await api.call("POST", "send/sms", json={})
    assert (answer.status_code, answer.json()["Result"]) == (200, "Failed")


async def test_rejected_duplicate_is_a_switch(make, caller):
    """The same number, sender and text within 60 seconds can fail as a duplicate (2.2)."""
    emulator = make(reject_duplicates=True)
    api = caller(emulator)
    results = []
    for wait in (30, 61, 0):
        sent = await api.send("+61421000001")
        emulator.advance(2)
        report = await api.get(f"get/status/{sent['MessageID']}")
        results.append(report["Recipients"][0]["Result"])
        emulator.advance(wait)
    assert results == ["delivered", "Rejected-Duplicate", "delivered"]
