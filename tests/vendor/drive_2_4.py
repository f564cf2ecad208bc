"""Drive the vendor's own client, PyPI ``bestsms`` 2.4.0.2, through every call that it has.

Runs in a venv of its own, where ``bestsms`` is the vendor's package, never ours::

    python drive_2_4.py http://127.0.0.1:8026 test-token

and prints one JSON line per call: ``{"call": ..., "answer": {...}}``.
"""

import json
import sys

import requests

from bestsms import BestSMS, _config

BASE, TOKEN = sys.argv[1:]

_config.__APIURL__ = BASE + "/api/v2.04"
client = BestSMS(AuthToken=TOKEN)


def show(call, answer):
    """Print what a call came back with; the vendor's models are dataclasses."""
    line = {"call": call, "answer": answer}
    sys.stdout.write(json.dumps(line, default=lambda value: value.__dict__) + "\n")
    return answer


def control(path, **body):
    """Use the emulator's control API; the vendor's client knows nothing of it."""
    requests.post(BASE + "/_emulator/" + path, json=body, timeout=10).raise_for_status()


def messages():
    """Send, follow, and act on messages."""
    sent = show(
        "send",
        client.Messaging.SMS.SendMessage(
            MessageID="vendor-1",
            Reference="Vendor",
            MessageText="Hello [[Attention]]",
            Recipients=[{"Recipient": "+61421000001", "Attention": "Jo"}],
        ),
    )
    control("clock/advance", seconds=5)
    control("replies", **{"from": "+61421000001", "message": "Yes"})
    show("status", client.Reports.Status.Poll(MessageID=sent.MessageID))
    show("reply", client.Reports.SMSReply.Poll(MessageID=sent.MessageID))
    show("received", client.Reports.SMSReceived.Poll(TimePeriod=60))
    show(
        "received between",
        client.Reports.SMSReceived.Poll(
            DateFrom="2090-01-01 00:00:00", DateTo="2090-01-02 00:00:00"
        ),
    )
    show("unknown", client.Reports.Status.Poll(MessageID="never-sent"))


def actions():
    """Reschedule and abort a delayed message, resubmit a failed one."""
    client.Messaging.SMS.SendMessage(
        MessageID="vendor-2",
        SendTime="2090-02-01T09:00:00",
        MessageText="Later",
        Recipients=["+61421000001"],
    )
    show(
        "reschedule",
        client.Actions.Reschedule.SendRequest(MessageID="vendor-2", SendTime="2090-03-01T09:00:00"),
    )
    show("abort", client.Actions.Abort.SendRequest(MessageID="vendor-2"))
    client.Messaging.SMS.SendMessage(
        MessageID="vendor-3", MessageText="Fails", Recipients=["+61491570156"]
    )
    control("clock/advance", seconds=5)
    show("resubmit", client.Actions.Resubmit.SendRequest(MessageID="vendor-3"))


def address_book():
    """Create, read, change, relate and delete contacts and groups."""
    book = client.Addressbook
    contact = show(
        "contact create",
        book.Contact.Create(FirstName="Jess", MobilePhone="0421 000 002", PostCode="2000"),
    ).Contact
    group = show("group create", book.Group.Create(GroupName="Test Group")).Group
    show("contact detail", book.Contact.Detail(ContactID=contact.ContactID))
    show("contact update", book.Contact.Update(ContactID=contact.ContactID, Attention="Desk"))
    show("contact list", book.Contact.List(Page=1, RecordsPerPage=10))
    show("group detail", book.Group.Detail(GroupID=group.GroupID))
    show("group update", book.Group.Update(GroupID=group.GroupID, GroupName="Renamed"))
    show("group list", book.Group.List(Page=1, RecordsPerPage=10))

    both = {"ContactID": contact.ContactID, "GroupID": group.GroupID}
    show("contact group create", book.ContactGroup.Create(**both))
    show("contact group detail", book.ContactGroup.Detail(**both))
    show("contact group list", book.ContactGroup.List(ContactID=contact.ContactID))
    show("send to group", client.Messaging.SMS.SendMessage(MessageText="All", Recipients=[group]))
    show("contact group delete", book.ContactGroup.Delete(**both))

    show("group contact create", book.GroupContact.Create(**both))
    show("group contact detail", book.GroupContact.Detail(**both))
    show("group contact list", book.GroupContact.List(GroupID=group.GroupID))
    show("group contact delete", book.GroupContact.Delete(**both))

    show("group delete", book.Group.Delete(GroupID=group.GroupID))
    show("contact delete", book.Contact.Delete(ContactID=contact.ContactID))


messages()
actions()
address_book()
