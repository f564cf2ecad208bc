"""Who is in which group: the eight calls, from both sides."""

import pytest


@pytest.fixture
async def pair(either_api):
    """A contact and a group that know nothing of each other yet."""
    contact = (await either_api.post("addressbook/contact", FirstName="Jess"))["Contact"]
    group = (await either_api.post("addressbook/group", GroupName="Test Group"))["Group"]
    return contact.get("ContactID") or contact["ID"], group


async def test_from_the_contact_s_side(either_api, pair):
    """Create, get, list and delete on contact/{id}/group name both sides."""
    contact_id, group = pair
    base = f"addressbook/contact/{contact_id}/group"
    key = "GroupCode" if either_api.version == "2.03" else "GroupID"
    created = await either_api.post(base, **{key: group[key]})
    assert list(created) == ["Result", "Contact", "Group"]
    assert (created["Contact"]["FirstName"], created["Group"]) == ("Jess", group)
    assert await either_api.get(f"{base}/Test_Group") == created
    listed = await either_api.get(f"{base}/list")
    assert (listed["Contact"], listed["Groups"]) == (created["Contact"], [group])
    assert (listed["TotalRecords"], listed["Page"]) == (1, 1)
    assert await either_api.delete(f"{base}/Test_Group") == created
    assert (await either_api.get(f"{base}/list"))["Groups"] == []


async def test_from_the_group_s_side(either_api, pair):
    """Create, get, list and delete on group/{g}/contact name both sides."""
    contact_id, group = pair
    base = "addressbook/group/Test_Group/contact"
    created = await either_api.post(base, ContactID=contact_id)
    assert list(created) == ["Result", "Group", "Contact"]
    assert await either_api.get(f"{base}/{contact_id}") == created
    listed = await either_api.get(f"{base}/list", recordsPerPage=1)
    assert (listed["Group"], listed["Contacts"]) == (group, [created["Contact"]])
    assert await either_api.delete(f"{base}/{contact_id}") == created
    assert (await either_api.get(f"{base}/list"))["Contacts"] == []


@pytest.mark.parametrize("key", ["GroupID", "GroupCode"])
async def test_either_key_takes_a_code(either_api, pair, key):
    """Both keys are read in both versions, with either kind of value (T4)."""
    contact_id, _ = pair
    answer = await either_api.post(f"addressbook/contact/{contact_id}/group", **{key: "test_group"})
    assert answer["Result"] == "Success"


async def test_joining_twice_is_no_error(either_api, pair):
    """Adding an existing relation succeeds and changes nothing (U18)."""
    contact_id, _ = pair
    base = "addressbook/group/Test_Group/contact"
    assert await either_api.post(base, ContactID=contact_id) == await either_api.post(
        base, ContactID=contact_id
    )
    assert (await either_api.get(f"{base}/list"))["TotalRecords"] == 1


async def test_a_stranger_is_not_in_the_group(either_api, pair):
    """Getting or ending a membership that is none is a failure (1.2, U18)."""
    contact_id, _ = pair
    for path in (
        f"addressbook/contact/{contact_id}/group/Test_Group",
        f"addressbook/group/Test_Group/contact/{contact_id}",
    ):
        for method in ("GET", "DELETE"):
            answer = await either_api.call(method, path)
            assert answer.status_code == 400
            assert answer.json()["Message"] == "Contact is not in the group"


async def test_both_sides_must_exist(api, pair):
    """Neither a contact nor a group is made by relating them."""
    for path, body, text in (
        ("addressbook/contact/nobody/group", {"GroupID": "Test_Group"}, "Contact not found"),
        ("addressbook/group/none/contact", {"ContactID": "nobody"}, "Contact not found"),
        ("addressbook/group/Test_Group/contact", {}, "Missing ContactID"),
        (f"addressbook/contact/{pair[0]}/group", {"GroupID": "none"}, "Group not found"),
        (f"addressbook/contact/{pair[0]}/group", {}, "Missing GroupID"),
    ):
        answer = await api.call("POST", path, json=body)
        assert (answer.status_code, answer.json()["Message"]) == (400, text)


async def test_the_missing_key_is_named_as_the_version_does(old_api):
    """2.03 misses a GroupCode."""
    contact = (await old_api.post("addressbook/contact"))["Contact"]
    answer = await old_api.post(f"addressbook/contact/{contact['ID']}/group")
    assert answer["Message"] == "Missing GroupCode"


async def test_deleting_a_side_ends_the_membership_only(either_api, pair):
    """A deleted contact leaves its groups, a deleted group leaves its contacts alone (U35)."""
    contact_id, _ = pair
    other = (await either_api.post("addressbook/contact", FirstName="Al"))["Contact"]
    other_id = other.get("ContactID") or other["ID"]
    base = "addressbook/group/Test_Group/contact"
    for member in (contact_id, other_id):
        await either_api.post(base, ContactID=member)
    await either_api.delete(f"addressbook/contact/{contact_id}")
    assert (await either_api.get(f"{base}/list"))["Contacts"] == [other]
    await either_api.delete("addressbook/group/Test_Group")
    assert (await either_api.get(f"addressbook/contact/{other_id}/group/list"))["Groups"] == []
