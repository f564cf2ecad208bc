"""Strict mode in XML: the roots and the lists of section 1.3, one way each."""

import pytest

XML = {"Accept": "application/xml", "Content-Type": "application/xml"}
LIST = "<Destinations><Destination><Recipient>+61421000001</Recipient></Destination></Destinations>"


def send(inner=LIST, root="SMSRequest"):
    """Return a send with this beside its text."""
    data = f"<MessageData><Message>Hello</Message>{inner}</MessageData>"
    return f'<?xml version="1.0" encoding="UTF-8"?><{root}>{data}</{root}>'


@pytest.mark.parametrize(
    "inner",
    [
        LIST,
        (
            "<CharacterConversion>true</CharacterConversion>"
            f"<Files><File><Data>YQ==</Data><Name>a</Name></File></Files>{LIST}<Mode>Test</Mode>"
        ),
        f"<SendTime>2025-07-01T10:00:00</SendTime><TimeZone>New Zealand</TimeZone>{LIST}",
        f"\n  {LIST}\n  <Reference>R</Reference>\n",
    ],
)
async def test_a_send_that_keeps_to_the_reference_passes(both, inner):
    """Elements in any order, with space between them."""
    answer = await both.passes("POST", "send/sms", content=send(inner).encode(), headers=XML)
    assert answer.status_code == 200
    assert answer.text.startswith("<?xml")


@pytest.mark.parametrize(
    ("trap", "body"),
    [
        ("1.3", send(root="root")),
        ("1.3", send(root="smsrequest")),
        ("T44", send("<Destinations><Recipient>+61421000001</Recipient></Destinations>")),
        ("T44", send("<Destinations>+61421000001</Destinations>")),
        ("T44", send("<Destinations><Destination>+61421000001</Destination></Destinations>")),
        ("T44", send(LIST.replace("</Destinations>", "<Destination/></Destinations>"))),
        ("1.3", send(f"<Files/>{LIST}{LIST}")),
        ("1.3", send(f"text{LIST}")),
        ("1.1.1", send(LIST.replace("<Recipient>", "<First_Name>x</First_Name><Recipient>"))),
        ("T22", send(f"<Timezone>AUS Eastern</Timezone>{LIST}")),
        ("T37", send(f"<SendTime>2025-07-01 10:00:00</SendTime>{LIST}")),
        ("T45", send(f"<MessageID/>{LIST}")),
        ("T47", send(f"<CharacterConversion>false</CharacterConversion>{LIST}")),
        ("T47", send(f"<CharacterConversion>True</CharacterConversion>{LIST}")),
        ("E1", send().replace("<MessageData>", "<Sender>a</Sender><MessageData>")),
    ],
)
async def test_a_send_that_deviates(both, trap, body):
    """The API bears with it."""
    await both.deviates(trap, "POST", "send/sms", content=body.encode(), headers=XML)


async def test_a_field_that_is_there_twice(both):
    """It is refused in any case: no reading of it is safe."""
    body = send(f"<Reference>a</Reference><Reference>b</Reference>{LIST}").encode()
    await both.deviates("1.3", "POST", "send/sms", borne=400, content=body, headers=XML)


async def test_t8_text_xml_is_of_webhooks(both):
    """Requests say application/xml, in both headers."""
    content = send().encode()
    for name in ("Accept", "Content-Type"):
        headers = XML | {name: "text/xml"}
        options = {"content": content, "headers": headers}
        await both.deviates("T8", "POST", "send/sms", code=415, **options)


async def test_service_name_is_seen_in_xml_of_2_04(both_of):
    """And nowhere else (1.1.1)."""
    options = {"content": send(f"<ServiceName>x</ServiceName>{LIST}").encode(), "headers": XML}
    await both_of("2.04").passes("POST", "send/sms", **options)
    await both_of("2.03").deviates("1.1.1", "POST", "send/sms", **options)


@pytest.mark.parametrize(
    ("method", "path", "root", "inner"),
    [
        ("PATCH", "set/abort/m", "AbortRequest", ""),
        ("PATCH", "set/resubmit/m", "ResubmitRequest", ""),
        ("PATCH", "set/reschedule/m", "RescheduleRequest", "SendTime>2025-07-01T10:00:00"),
        ("POST", "addressbook/contact", "Contact", "FirstName>Jess"),
        ("PATCH", "addressbook/contact/x", "Contact", "FirstName>"),
        ("POST", "addressbook/group", "Group", "GroupName>Staff"),
        ("PATCH", "addressbook/group/x", "Group", "GroupName>Staff"),
        ("POST", "addressbook/contact/x/group", "AddGroupRequest", "Group{key}>Staff"),
        ("POST", "addressbook/group/x/contact", "AddContactRequest", "ContactID>x"),
    ],
)
async def test_the_root_of_every_call(both, method, path, root, inner):
    """As the vendor's own client names it."""
    inner = inner.format(key="Code" if both.version == "2.03" else "ID")
    field = f"<{inner}</{inner.partition('>')[0]}>" if inner else ""
    good = f"<{root}>{field}</{root}>".encode()
    answer = await both.passes(method, path, content=good, headers=XML)
    bad = good.replace(root.encode(), b"root")
    options = {"content": bad, "headers": XML, "borne": answer.status_code}
    if method == "POST" and path.endswith("group") and "/x/" not in path:
        options["borne"] = 400  # the code is taken by now
    await both.deviates("1.3", method, path, **options)
    # Nor is any other element beside the right ones.
    bad = good.replace(f"<{root}>".encode(), f"<{root}><Sender>x</Sender>".encode())
    await both.deviates("Sender", method, path, **options | {"content": bad})


async def test_what_cannot_be_read_is_refused_as_ever(both):
    """With the documented text."""
    answer = await both.passes("POST", "send/sms", content=b"<a>", headers=XML)
    assert "Failed to process your API request. Check your syntax." in answer.text
