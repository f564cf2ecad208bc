"""Contacts and groups in each version's own wire names (section 1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bestsms.emulator import times
from bestsms.emulator.core.records import Contact, Group
from bestsms.emulator.core.sending import zone_of
from bestsms.emulator.errors import Refused
from bestsms.emulator.reading import Fields
from bestsms.emulator.rest.spelling import OLD, moments
from bestsms.emulator.settings import Settings

_ACCESS = ("ViewBy", "EditBy", "ViewEditBy")
_ACCESS_VALUES = {value.lower(): value for value in ("Account", "SubAccount", "Department", "No")}

CONTACT_FIELDS: dict[str, tuple[str, ...]] = {
    name: (name,)
    for name in (
        *("ViewBy", "EditBy", "Attention", "Title", "Company", "RecipDepartment"),
        *("FirstName", "LastName", "Position", "StreetAddress", "Suburb", "City", "State"),
        *("Country", "Postcode", "MainPhone", "AltPhone1", "AltPhone2", "DirectPhone"),
        *("MobilePhone", "FaxNumber", "EmailAddress", "WebAddress"),
        *("Custom1", "Custom2", "Custom3", "Custom4"),
    )
} | {
    "RecipDepartment": ("RecipDepartment", "CompanyDepartment"),  # T24
    "Postcode": ("Postcode", "PostCode"),  # T26
}
"""The writable fields of a contact, each with the names it is read under."""

SEARCHED = (
    *("EmailAddress", "MobilePhone", "MainPhone", "Attention"),
    *("FirstName", "LastName", "Company"),
)
"""The fields that a contact can be searched by."""

GROUP_FIELDS: dict[str, tuple[str, ...]] = {
    name: (name,) for name in ("GroupName", "SubAccount", "Department", "ViewEditBy")
}
"""The writable fields of a group."""


def read_fields(body: Fields, names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Read the writable fields that a body gives; absent and null ones are left out.

    Raises:
        Refused: A value is no text, or an access field is outside its set (section 2.2).
    """
    found: dict[str, str] = {}
    for name, spellings in names.items():
        value = body.given(*spellings)
        if value is None:
            continue
        if name in _ACCESS and value.strip():
            known = _ACCESS_VALUES.get(value.strip().lower())
            if known is None:
                raise Refused(f"Invalid {name}: {value}")
            value = known
        found[name] = value
    return found


def contact(version: str, record: Contact, settings: Settings) -> dict[str, Any]:
    """Spell a contact; 2.03 calls its id ``ID`` (T55)."""
    where = zone_of(settings.time_zone)
    updated = moments(version, "Updated", record.updated_at, where)
    if record.updated_at is None:
        # T70: a time that never was is year 1; the local one keeps the sample's 12:00.
        never = (times.NEVER_LOCAL, times.NEVER_UTC, times.NEVER_RFC3339)
        updated = dict(zip(updated, never, strict=False))
    defaults = {"ViewBy": "Account", "EditBy": "Account"}
    return {
        "ID" if version == OLD else "ContactID": record.contact_id,
        "Owner": settings.owner,
        **moments(version, "Created", record.created_at, where),
        **updated,
        "Timezone": settings.time_zone,
        **{name: record.fields.get(name) or defaults.get(name, "") for name in CONTACT_FIELDS},
    }


def group(version: str, record: Group, settings: Settings) -> dict[str, Any]:
    """Spell a group; 2.03 knows neither ``GroupID`` nor ``AccessControl``."""
    fields = record.fields
    new = version != OLD
    return {
        **({"GroupID": record.group_id} if new else {}),
        "GroupCode": record.code,
        "GroupName": fields.get("GroupName", ""),
        "SubAccount": fields.get("SubAccount", ""),
        "Department": fields.get("Department", ""),
        "ViewEditBy": fields.get("ViewEditBy") or "Account",
        **({"AccessControl": "Limited"} if new else {}),
        "Owner": settings.owner,
        **moments(version, "Created", record.created_at, zone_of(settings.time_zone)),
        "Timezone": settings.time_zone,
    }
