"""Contacts and groups: the ten calls, in both versions' own names."""

import pytest

WRITABLE = [
    *("ViewBy", "EditBy", "Attention", "Title", "Company", "RecipDepartment", "FirstName"),
    *("LastName", "Position", "StreetAddress", "Suburb", "City", "State", "Country", "Postcode"),
    *("MainPhone", "AltPhone1", "AltPhone2", "DirectPhone", "MobilePhone", "FaxNumber"),
    *("EmailAddress", "WebAddress", "Custom1", "Custom2", "Custom3", "Custom4"),
]


def key_of(api, contact):
    """Return a contact's id, whatever the version calls it."""
    return contact["ID" if api.version == "2.03" else "ContactID"]


async def test_a_contact_of_2_04(api, emulator):
    """Each writable field comes back, with id, owner and three forms of each time (1.2)."""
    fields = {name: "No" if name.endswith("By") else f"my {name}" for name in WRITABLE}
    created = (await api.post("addressbook/contact", **fields))["Contact"]
    emulator.advance(60)
    contact_id = created["ContactID"]
    changed = (await api.patch(f"addressbook/contact/{contact_id}", Title="Ms"))["Contact"]
    assert changed == {
        "ContactID": contact_id,
        "Owner": "COM\\EXAMPLE\\TEST",
        "CreatedTimeLocal": "2025-06-04 07:16:55",
        "CreatedTimeUTC": "2025-06-03 21:16:55",
        "CreatedTimeUTC_RFC3339": "2025-06-03T21:16:55.000Z",
        "UpdatedTimeLocal": "2025-06-04 07:17:55",
        "UpdatedTimeUTC": "2025-06-03 21:17:55",
        "UpdatedTimeUTC_RFC3339": "2025-06-03T21:17:55.000Z",
        "Timezone": "AUS Eastern",
        **fields,
        "Title": "Ms",
    }


async def test_a_contact_of_2_03(old_api):
    """2.03 calls the id ID and prints pairs of times; never updated is year 1 (T55, T70)."""
    contact = (await old_api.post("addressbook/contact", FirstName="Jess"))["Contact"]
    assert list(contact)[:7] == [
        "ID",
        "Owner",
        "Created",
        "CreatedUTC",
        "Updated",
        "UpdatedUTC",
        "Timezone",
    ]
    assert (contact["Updated"], contact["UpdatedUTC"]) == (
        "0001-01-01 12:00:00",
        "0001-01-01 00:00:00",
    )
    assert (contact["ViewBy"], contact["LastName"]) == ("Account", "")


async def test_a_contact_from_birth_to_death(either_api):
    """Create, get, update, list, delete; a delete answers with what is gone (U17)."""
    created = await either_api.post("addressbook/contact", FirstName="Jess")
    path = f"addressbook/contact/{key_of(either_api, created['Contact'])}"
    assert await either_api.get(path) == created
    changed = await either_api.patch(path, LastName="Doe", FirstName=None)
    assert (changed["Contact"]["FirstName"], changed["Contact"]["LastName"]) == ("Jess", "Doe")
    listed = await either_api.get("addressbook/contact/list")
    assert (listed["Contacts"], listed["TotalRecords"]) == ([changed["Contact"]], 1)
    assert await either_api.delete(path) == changed
    gone = await either_api.call("GET", path)
    assert (gone.status_code, gone.json()["Message"]) == (400, "Contact not found")
    assert (await either_api.get("addressbook/contact/list"))["Contacts"] == []


async def test_a_blank_clears_a_field(api):
    """PATCH with an empty string clears (U34)."""
    contact = (await api.post("addressbook/contact", Title="Ms"))["Contact"]
    path = f"addressbook/contact/{contact['ContactID']}"
    assert (await api.patch(path, Title=""))["Contact"]["Title"] == ""


async def test_other_spellings_are_read_but_slips_are_not(api):
    """PostCode and CompanyDepartment are known aliases, ViewPublic is a slip (T24 to T26)."""
    contact = (
        await api.post(
            "addressbook/contact", PostCode="2000", CompanyDepartment="R&D", ViewPublic="No"
        )
    )["Contact"]
    seen = (contact["Postcode"], contact["RecipDepartment"], contact["ViewBy"])
    assert seen == ("2000", "R&D", "Account")
    assert not {"PostCode", "CompanyDepartment", "ViewPublic"} & set(contact)


async def test_access_values_are_a_closed_set(api):
    """ViewBy takes the four documented words, in any case; anything else is refused."""
    contact = (await api.post("addressbook/contact", ViewBy="subaccount", EditBy=""))["Contact"]
    assert (contact["ViewBy"], contact["EditBy"]) == ("SubAccount", "Account")
    answer = await api.call("POST", "addressbook/contact", json={"ViewBy": "Everybody"})
    assert (answer.status_code, answer.json()["Message"]) == (400, "Invalid ViewBy: Everybody")


async def test_wrong_types_are_refused(api):
    """A phone number is text, not a number."""
    answer = await api.call("POST", "addressbook/contact", json={"MobilePhone": 421000001})
    assert answer.status_code == 400
    assert answer.json()["ErrorMessage"][1] == "MobilePhone must be a string"


async def test_lists_page_by_a_hundred(either_api):
    """The four lists share the defaults of 100 records and page 1 (1.2)."""
    for number in range(3):
        await either_api.post("addressbook/group", GroupName=f"Group {number}")
    whole = await either_api.get("addressbook/group/list")
    numbers = (whole["TotalRecords"], whole["RecordsPerPage"], whole["PageCount"], whole["Page"])
    assert numbers == (3, 100, 1, 1)
    page = await either_api.get("addressbook/group/list", recordsPerPage=2, page=2)
    assert [group["GroupCode"] for group in page["Groups"]] == ["Group_2"]
    bad = await either_api.call("GET", "addressbook/group/list", params={"page": "two"})
    assert (bad.status_code, bad.json()["Message"]) == (400, "Invalid page: two")


async def test_a_group_of_2_04(api):
    """2.04 has GroupID and AccessControl; the code comes from the name, case kept (T28)."""
    group = (await api.post("addressbook/group", GroupName="Test  Group", SubAccount="S"))["Group"]
    assert group == {
        "GroupID": group["GroupID"],
        "GroupCode": "Test__Group",
        "GroupName": "Test  Group",
        "SubAccount": "S",
        "Department": "",
        "ViewEditBy": "Account",
        "AccessControl": "Limited",
        "Owner": "COM\\EXAMPLE\\TEST",
        "CreatedTimeLocal": "2025-06-04 07:16:55",
        "CreatedTimeUTC": "2025-06-03 21:16:55",
        "CreatedTimeUTC_RFC3339": "2025-06-03T21:16:55.000Z",
        "Timezone": "AUS Eastern",
    }


async def test_a_group_of_2_03(old_api):
    """2.03 knows groups by GroupCode only."""
    group = (await old_api.post("addressbook/group", GroupName="A", GroupCode="my-code"))["Group"]
    assert group["GroupCode"] == "my-code"
    assert group["Created"] == "2025-06-04 07:16:55"
    assert not {"GroupID", "AccessControl"} & set(group)


async def test_a_group_from_birth_to_death(either_api):
    """Create, get, update, list, delete, by code in any case (T3)."""
    created = await either_api.post("addressbook/group", GroupName="Test Group", GroupCode=" ")
    assert await either_api.get("addressbook/group/TEST_group") == created
    changed = await either_api.patch(
        "addressbook/group/Test_Group", GroupName="New", GroupCode="X", ViewEditBy="No"
    )
    group = changed["Group"]
    assert (group["GroupName"], group["GroupCode"], group["ViewEditBy"]) == (
        "New",
        "Test_Group",
        "No",
    )
    assert (await either_api.get("addressbook/group/list"))["Groups"] == [group]
    assert await either_api.delete("addressbook/group/Test_Group") == changed
    gone = await either_api.call("GET", "addressbook/group/Test_Group")
    assert (gone.status_code, gone.json()["Message"]) == (400, "Group not found")


async def test_a_group_id_addresses_it_as_well(api):
    """An id is looked for first, then a code (T3)."""
    group = (await api.post("addressbook/group", GroupName="A"))["Group"]
    found = (await api.get(f"addressbook/group/{group['GroupID'].upper()}"))["Group"]
    assert found == group


async def test_a_code_may_hold_a_slash(api):
    """A percent-encoded slash belongs to the id, not to the path."""
    await api.post("addressbook/group", GroupName="A/B")
    assert (await api.get("addressbook/group/A%2FB"))["Group"]["GroupName"] == "A/B"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "Missing GroupName"),
        ({"GroupName": " "}, "Missing GroupName"),
        ({"GroupName": "test group"}, "GroupCode already exists: test_group"),
        ({"GroupName": "x", "GroupCode": "TEST_GROUP"}, "GroupCode already exists: TEST_GROUP"),
        ({"GroupName": "x" * 101}, "GroupCode is longer than 100 characters"),
    ],
)
async def test_a_refused_group(api, body, text):
    """GroupName is required, a code must be new and of at most 100 characters (T27, U19, U30)."""
    await api.post("addressbook/group", GroupName="Test Group")
    answer = await api.call("POST", "addressbook/group", json=body)
    assert answer.status_code == 400
    assert answer.json() == {"Result": "Failed", "Message": text, "ErrorMessage": [text]}


async def test_a_group_keeps_a_name(api):
    """A group's name can change but not vanish."""
    await api.post("addressbook/group", GroupName="A")
    assert (await api.patch("addressbook/group/A", GroupName=""))["Message"] == "Missing GroupName"
    assert (await api.patch("addressbook/group/A", Department="D"))["Group"]["GroupName"] == "A"
