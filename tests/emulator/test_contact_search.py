"""The contact search of 2.04: every given text in full, in any case (T17, U32)."""

import pytest

JESS = {"FirstName": "Jess", "Company": "Example Pty Ltd", "MobilePhone": "+61 421 000 001"}
JO = {
    "FirstName": "Jo",
    "Company": "EXAMPLE PTY LTD",
    "MainPhone": "09 500 5000",
    "Attention": "Desk 7",
}


@pytest.fixture
async def searched(api):
    """A caller with two contacts."""
    await api.post("addressbook/contact", **JESS)
    await api.post("addressbook/contact", **JO)
    return api


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Jess", "Jo"]),
        ({"Company": ""}, ["Jess", "Jo"]),
        ({"FirstName": "jess"}, ["Jess"]),
        ({"firstname": "JESS"}, ["Jess"]),
        ({"FirstName": "Jes"}, []),
        ({"FirstName": "J*"}, []),
        ({"Company": "example pty ltd"}, ["Jess", "Jo"]),
        ({"Company": "example pty ltd", "FirstName": "Jo"}, ["Jo"]),
        ({"Company": "example pty ltd", "FirstName": "Al"}, []),
        ({"MobilePhone": "+61 421 000 001"}, ["Jess"]),
        ({"MobilePhone": "+61421000001"}, []),
        ({"LastName": "x"}, []),
        ({"City": "nowhere"}, ["Jess", "Jo"]),
    ],
)
async def test_what_is_found(searched, query, names):
    """AND, as stored, without wildcards; what cannot be searched by is not looked at."""
    answer = await searched.get("addressbook/contact/search", **query)
    assert [each["FirstName"] for each in answer["Contacts"]] == names
    assert (answer["Result"], answer["TotalRecords"]) == ("Success", len(names))


async def test_it_pages_as_the_lists_do(searched):
    """100 on a page unless asked otherwise, in any spelling of the names (T13)."""
    answer = await searched.get("addressbook/contact/search", RecordsPerPage=1, Page=2)
    assert [each["FirstName"] for each in answer["Contacts"]] == ["Jo"]
    assert (answer["TotalRecords"], answer["PageCount"], answer["Page"]) == (2, 2, 2)
    assert (await searched.get("addressbook/contact/search"))["RecordsPerPage"] == 100


async def test_a_bare_plus_is_a_space(searched):
    """So it does not find what was stored with a plus (T17)."""
    path = "addressbook/contact/search?MobilePhone={}61%20421%20000%20001"
    assert (await searched.call("GET", path.format("%2B"))).json()["TotalRecords"] == 1
    assert (await searched.call("GET", path.format("+"))).json()["TotalRecords"] == 0


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"MobilePhone": "+61421000001"}, ["Jess"]),
        ({"MobilePhone": "61 (421) 000-001"}, ["Jess"]),
        ({"MainPhone": "095005000"}, ["Jo"]),
        ({"MainPhone": "unknown"}, []),
        ({"MobilePhone": "0421000001"}, []),
        ({"Attention": "7"}, []),
    ],
)
async def test_numbers_by_their_digits(searched, emulator, query, names):
    """A switch compares telephone numbers by digits alone, and nothing else so."""
    emulator.change_settings(search_by_digits=True)
    answer = await searched.get("addressbook/contact/search", **query)
    assert [each["FirstName"] for each in answer["Contacts"]] == names


async def test_2_03_has_no_search(old_api):
    """There the word is read as a ContactID, and no contact has it."""
    answer = await old_api.call("GET", "addressbook/contact/search")
    assert (answer.status_code, answer.json()["Message"]) == (400, "Contact not found")
