"""Strict mode, bodies: what the SEND column asks for, by T-number; without it all this passes."""

import pytest

TO = {"Recipient": "+61421000001"}
LATER = "2025-07-01T10:00:00"


def sent(**data):
    """Return the body of a send with these fields in it."""
    return {"MessageData": {"Message": "Hello", "Destinations": [TO], **data}}


def to(**fields):
    """Return the body of a send to one destination with these fields."""
    return sent(Destinations=[{**TO, **fields}])


FULL = sent(
    MessageID="ID-123456",
    Reference="R" * 80,
    WebhookCallbackURL="https://www.example.com/webhook",
    WebhookCallbackFormat="XML",
    SendTime=LATER,
    TimeZone="New Zealand",
    SubAccount="S",
    Department="D",
    ChargeCode="C",
    FromNumber="61421000009",
    SMSEmailReply="reply@example.com",
    CharacterConversion=True,
    Files=[{"Name": "a.txt", "Data": "aGVsbG8="}] * 10,
    Mode="Test",
    Destinations=[
        {
            **TO,
            **dict.fromkeys(("Attention", "Company", "FirstName", "LastName"), "x"),
            **{f"Custom{number}": "x" for number in range(1, 10)},
        }
    ],
)


@pytest.mark.parametrize("body", [sent(), FULL], ids=["smallest", "full"])
async def test_a_send_that_keeps_to_the_reference_passes(both, body):
    """Every documented field, in its documented form."""
    answer = await both.passes("POST", "send/sms", json=body)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("trap", "body"),
    [
        ("T20", to(**{"First Name": "Jess"})),
        ("T20", to(**{"Last Name": "Citizen"})),
        ("T21", to(Custom10="x")),
        ("T22", sent(Timezone="AUS Eastern")),
        ("T22", sent(TimeZone="AUS Eastern Standard Time")),
        ("T22", sent(TimeZone="aus eastern")),
        ("T22, 2.3", sent(TimeZone="Europe/Oslo")),
        ("T23", sent(FromNumber="+61421000001")),
        ("T30", sent(Reference="R" * 81)),
        ("T31", sent(MessageID="a_b")),
        ("T32", sent(MessageText="Hello")),
        ("T33", sent(SendMode="Live")),
        ("T33", sent(MessageType="SMS")),
        ("T34", sent(Mode="test")),
        ("T34", sent(Mode="Live")),
        ("T35", sent(ErrorEmailNotify="a@example.com")),
        ("T37", sent(SendTime="2025-07-01T10:00", TimeZone="AUS Eastern")),
        ("T37", sent(SendTime="2025-07-01 10:00:00", TimeZone="AUS Eastern")),
        ("T37", sent(SendTime="2025-07-01T10:00:00Z", TimeZone="AUS Eastern")),
        ("T37", sent(SendTime="2025-07-01T10:00:00+10:00", TimeZone="AUS Eastern")),
        ("TimeZone (T37)", sent(SendTime=LATER)),
        ("T43", sent(Reference=None)),
        ("T43", to(Attention=None)),
        ("T43", sent(HTTPMethod="POST")),
        ("T44", sent(Destinations=["+61421000001"])),
        ("T45", sent(MessageID="")),
        ("T47", sent(CharacterConversion=False)),
        ("T47", sent(CharacterConversion="true")),
        ("E1", {**sent(), "HTTPMethod": "POST"}),
        ("2.2", sent(WebhookCallbackFormat="json")),
        ("1.1.1", sent(reference="R")),
        ("1.1.1", to(recipient="+61421000001")),
        ("1.1.1", to(MobileNumber="+61421000001")),
        ("1.1.1", sent(Files=[{"Name": "a.txt", "Data": "not base64"}])),
        ("1.1.1", sent(Files=[{"Name": "a.txt", "Data": "aGVsbG8=", "Size": 5}])),
        ("1.1.1", sent(Files=None)),
    ],
)
async def test_a_send_that_deviates(both, trap, body):
    """The API bears with it, and strict mode says what it is."""
    await both.deviates(trap, "POST", "send/sms", json=body)


@pytest.mark.parametrize(
    "body",
    [
        sent(Reference=1),
        sent(Message=["Hello"]),
        to(Custom1=1),
        sent(Destinations=TO),
        sent(Files=[{"Name": "a", "Data": "YQ=="}] * 11),
        {"MessageData": "Hello"},
    ],
)
async def test_types_and_counts(both, body):
    """What is refused in any case is refused with the reason in strict mode."""
    await both.deviates("1.1", "POST", "send/sms", borne=400, json=body)


@pytest.mark.parametrize("body", [[], "x", 1])
async def test_what_is_no_object_is_refused_as_ever(both, body):
    """With the documented text."""
    answer = await both.passes("POST", "send/sms", json=body)
    assert answer.status_code == 400


async def test_what_2_03_does_not_have(both_of):
    """Destinations from the address book and ReportTo are of 2.04."""
    new, old = both_of("2.04"), both_of("2.03")
    for each in (new, old):
        for side in (each.lenient, each.strict):
            headers = {"accept": "application/json"}
            body = {"GroupName": "Staff"}
            await side.call("POST", "addressbook/group", json=body, headers=headers)
    for fields in ({"ContactID": "c"}, {"GroupID": "g"}, {"GroupCode": "Staff"}):
        body = sent(Destinations=[TO, fields])
        await new.passes("POST", "send/sms", json=body)
        await old.deviates("2.04 has it", "POST", "send/sms", json=body)
    await new.passes("POST", "send/sms", json=sent(ReportTo="a@example.com"))
    await old.deviates("ReportTo", "POST", "send/sms", json=sent(ReportTo="a@example.com"))
    # ServiceName is seen in XML alone (1.1.1).
    await new.deviates("ServiceName", "POST", "send/sms", json=sent(ServiceName="x"))


async def delayed(both):
    """Have a delayed message m at both."""
    body = sent(MessageID="m", SendTime=LATER, TimeZone="AUS Eastern")
    await both.passes("POST", "send/sms", json=body)


async def test_actions(both):
    """SendTime alone, in its one form (T46, T37); an abort is an empty object (T43)."""
    await delayed(both)
    for zone in ("TimeZone", "Timezone"):
        body = {"SendTime": LATER, zone: "AUS Eastern"}
        await both.deviates("T46", "PATCH", "set/reschedule/m", json=body)
    body = {"SendTime": "2025-07-01 10:00"}
    await both.deviates("T37", "PATCH", "set/reschedule/m", json=body)
    await both.passes("PATCH", "set/reschedule/m", json={"SendTime": "2025-07-02T10:00:00"})
    for action in ("resubmit", "abort"):
        await both.passes("PATCH", f"set/{action}/none", json={})
    await both.deviates("T43", "PATCH", "set/abort/m", json={"SendTime": LATER})


@pytest.mark.parametrize(
    ("trap", "fields"),
    [
        ("T20", {"First Name": "Jess"}),
        ("T21", {"Custom5": "x"}),
        ("T24", {"CompanyDepartment": "x"}),
        ("T25", {"ViewPublic": "No"}),
        ("T25", {"EditPublid": "No"}),
        ("T26", {"PostCode": "6000"}),
        ("T40", {"ViewBy": "no"}),
        ("T43", {"City": None}),
        ("1.2", {"attention": "Jess"}),
        ("1.2", {"ContactID": "x"}),
    ],
)
async def test_contacts(both, trap, fields):
    """On create and on update alike."""
    await both.deviates(trap, "POST", "addressbook/contact", json=fields)
    await both.deviates(trap, "PATCH", "addressbook/contact/x", borne=400, json=fields)


async def test_a_contact_that_keeps_to_the_reference_passes(both):
    """All writable fields; a blank clears one on update (U34), an access field too."""
    fields = {"FirstName": "Jess", "ViewBy": "No", "EditBy": "SubAccount", "Custom4": "x"}
    body = {**fields, "RecipDepartment": "x", "Postcode": "6000"}
    assert (await both.passes("POST", "addressbook/contact", json=body)).status_code == 200
    await both.passes("PATCH", "addressbook/contact/x", json={"FirstName": "", "ViewBy": ""})
    await both.deviates("T45", "POST", "addressbook/contact", json={"ViewBy": ""})


async def test_groups(both):
    """A code is chosen once or not at all (T29, T45); memberships take one key (T4)."""
    path = "addressbook/group"
    await both.deviates("T45", "POST", path, json={"GroupName": "A", "GroupCode": ""})
    await both.passes("POST", path, json={"GroupName": "B", "GroupCode": "B", "ViewEditBy": "No"})
    body = {"GroupName": "C", "GroupCode": "C"}
    await both.deviates("T29", "PATCH", f"{path}/B", json=body)
    await both.passes("PATCH", f"{path}/B", json={"GroupName": "D", "SubAccount": ""})
    await both.deviates("1.2", "POST", path, json={"GroupName": "E", "AccessControl": "Limited"})

    right, wrong = "GroupID", "GroupCode"
    if both.version == "2.03":
        right, wrong = wrong, right
        group_id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
        body = {"GroupCode": group_id}
        await both.deviates("T4", "POST", "addressbook/contact/x/group", borne=400, json=body)
    path = "addressbook/contact/x/group"
    await both.deviates("T4", "POST", path, borne=400, json={wrong: "B"})
    await both.deviates("T4", "POST", path, borne=400, json={right: "B", wrong: "B"})
    await both.passes("POST", path, json={right: "B"})
    path = "addressbook/group/B/contact"
    await both.passes("POST", path, json={"ContactID": "x"})
    await both.deviates("1.2", "POST", path, borne=400, json={"ContactID": "x", "ID": "x"})


async def test_what_is_refused_is_not_done(both):
    """Nor does a refusal repeat what a person wrote."""
    body = sent(MessageID="secret text", Reference="secret text", FromNumber="secret text")
    _, answer = await both.call("POST", "send/sms", json=body)
    assert "secret" not in answer.text
    assert both.strict.emulator.ledger() == []
    _, answer = await both.call("POST", "send/sms", json=sent(**{"é" * 100: "secret"}))
    assert "secret" not in answer.text
    assert len(answer.json()["Message"]) < 450
