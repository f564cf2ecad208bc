"""The calls about the address book: contacts, groups and both sides of a membership (1.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bestsms.emulator.core.engine import Engine
from bestsms.emulator.core.records import Contact, Group
from bestsms.emulator.errors import Refused
from bestsms.emulator.reading import Fields
from bestsms.emulator.rest import spelling_book
from bestsms.emulator.rest.calls import Answer, Call
from bestsms.emulator.rest.paging import page_of
from bestsms.emulator.rest.spelling import OLD
from bestsms.emulator.rest.spelling_book import (
    CONTACT_FIELDS,
    GROUP_FIELDS,
    SEARCHED,
    read_fields,
)


def contact_list(engine: Engine, call: Call) -> Answer:
    """``GET /addressbook/contact/list``."""
    return _contacts(engine, call, engine.book.contacts())


def contact_search(engine: Engine, call: Call) -> Answer:
    """``GET /addressbook/contact/search`` of 2.04; in 2.03 it reads as a ContactID."""
    if call.version == OLD:
        return _answer(engine, call, engine.book.contact("search"))
    wanted = {
        name: call.query[name.lower()] for name in SEARCHED if call.query.get(name.lower(), "")
    }
    by_digits = engine.settings.search_by_digits
    return _contacts(engine, call, engine.book.search(wanted, by_digits=by_digits))


def contact_get(engine: Engine, call: Call) -> Answer:
    """``GET /addressbook/contact/{ContactID}``."""
    return _answer(engine, call, engine.book.contact(*call.ids))


def contact_create(engine: Engine, call: Call) -> Answer:
    """``POST /addressbook/contact``."""
    fields = read_fields(Fields(call.body), CONTACT_FIELDS)
    return _answer(engine, call, engine.book.create_contact(fields))


def contact_update(engine: Engine, call: Call) -> Answer:
    """``PATCH /addressbook/contact/{ContactID}``."""
    (contact_id,), fields = call.ids, read_fields(Fields(call.body), CONTACT_FIELDS)
    return _answer(engine, call, engine.book.update_contact(contact_id, fields))


def contact_delete(engine: Engine, call: Call) -> Answer:
    """``DELETE /addressbook/contact/{ContactID}``; answers with what is gone (U17)."""
    return _answer(engine, call, engine.book.delete_contact(*call.ids))


def group_list(engine: Engine, call: Call) -> Answer:
    """``GET /addressbook/group/list``."""
    return _groups(engine, call, engine.book.groups())


def group_get(engine: Engine, call: Call) -> Answer:
    """``GET /addressbook/group/{G}``."""
    return _answer(engine, call, engine.book.group(*call.ids))


def group_create(engine: Engine, call: Call) -> Answer:
    """``POST /addressbook/group``; only GroupName is required (T27)."""
    body = Fields(call.body)
    fields = read_fields(body, GROUP_FIELDS)
    if not fields.get("GroupName", "").strip():
        raise Refused("Missing GroupName")
    return _answer(engine, call, engine.book.create_group(body.text("GroupCode"), fields))


def group_update(engine: Engine, call: Call) -> Answer:
    """``PATCH /addressbook/group/{G}``; a group keeps its name rather than have none."""
    (key,), fields = call.ids, read_fields(Fields(call.body), GROUP_FIELDS)
    if not fields.get("GroupName", "a name").strip():
        raise Refused("Missing GroupName")
    return _answer(engine, call, engine.book.update_group(key, fields))


def group_delete(engine: Engine, call: Call) -> Answer:
    """``DELETE /addressbook/group/{G}``."""
    return _answer(engine, call, engine.book.delete_group(*call.ids))


def contact_groups(engine: Engine, call: Call) -> Answer:
    """``GET /addressbook/contact/{ContactID}/group/list``."""
    contact = engine.book.contact(*call.ids)
    return _groups(engine, call, engine.book.groups_of(contact), contact)


def contact_group_get(engine: Engine, call: Call) -> Answer:
    """``GET /addressbook/contact/{ContactID}/group/{G}``; not a member is a failure."""
    contact_id, key = call.ids
    return _answer(engine, call, *engine.book.membership(contact_id, key))


def contact_group_create(engine: Engine, call: Call) -> Answer:
    """``POST /addressbook/contact/{ContactID}/group``; either key, id or code (T4)."""
    (contact_id,), body = call.ids, Fields(call.body)
    key = body.text("GroupID").strip() or body.text("GroupCode").strip()
    if not key:
        raise Refused("Missing GroupCode" if call.version == OLD else "Missing GroupID")
    return _answer(engine, call, *engine.book.join(contact_id, key))


def contact_group_delete(engine: Engine, call: Call) -> Answer:
    """``DELETE /addressbook/contact/{ContactID}/group/{G}``."""
    contact_id, key = call.ids
    return _answer(engine, call, *engine.book.leave(contact_id, key))


def group_contacts(engine: Engine, call: Call) -> Answer:
    """``GET /addressbook/group/{G}/contact/list``."""
    group = engine.book.group(*call.ids)
    return _contacts(engine, call, engine.book.members_of(group), group)


def group_contact_get(engine: Engine, call: Call) -> Answer:
    """``GET /addressbook/group/{G}/contact/{ContactID}``."""
    key, contact_id = call.ids
    contact, group = engine.book.membership(contact_id, key)
    return _answer(engine, call, group, contact)


def group_contact_create(engine: Engine, call: Call) -> Answer:
    """``POST /addressbook/group/{G}/contact``."""
    (key,), body = call.ids, Fields(call.body)
    contact_id = body.text("ContactID", "ID").strip()
    if not contact_id:
        raise Refused("Missing ContactID")
    contact, group = engine.book.join(contact_id, key)
    return _answer(engine, call, group, contact)


def group_contact_delete(engine: Engine, call: Call) -> Answer:
    """``DELETE /addressbook/group/{G}/contact/{ContactID}``."""
    key, contact_id = call.ids
    contact, group = engine.book.leave(contact_id, key)
    return _answer(engine, call, group, contact)


def _answer(engine: Engine, call: Call, *sides: Contact | Group) -> Answer:
    return {"Result": "Success", **_spelt(engine, call, sides)}


def _spelt(engine: Engine, call: Call, sides: Iterable[Contact | Group]) -> dict[str, Any]:
    return {
        "Contact" if isinstance(side, Contact) else "Group": _one(engine, call, side)
        for side in sides
    }


def _one(engine: Engine, call: Call, side: Contact | Group) -> dict[str, Any]:
    if isinstance(side, Contact):
        return spelling_book.contact(call.version, side, engine.settings)
    return spelling_book.group(call.version, side, engine.settings)


def _contacts(engine: Engine, call: Call, all_: Sequence[Contact], *sides: Group) -> Answer:
    page = page_of(all_, call.query)
    return {
        "Result": "Success",
        **page.numbers(),
        **_spelt(engine, call, sides),
        "Contacts": [_one(engine, call, contact) for contact in page.items],
    }


def _groups(engine: Engine, call: Call, all_: Sequence[Group], *sides: Contact) -> Answer:
    page = page_of(all_, call.query)
    return {
        "Result": "Success",
        **page.numbers(),
        **_spelt(engine, call, sides),
        "Groups": [_one(engine, call, group) for group in page.items],
    }
