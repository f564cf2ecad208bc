"""The vendor's own client, PyPI ``bestsms`` 2.4.0.2, must find the emulator convincing.

Deselected by default: it installs a package. Run it with ``pytest -m vendor tests/vendor``.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bestsms.emulator import Clock, Emulator

VENDOR = "bestsms==2.4.0.2"
DRIVER = Path(__file__).with_name("drive_2_4.py")
DRIVE_SECONDS = 120
INSTALL_SECONDS = 600

pytestmark = pytest.mark.vendor


@pytest.fixture(scope="module")
def vendor_python(tmp_path_factory):
    """A venv that holds the vendor's package; ours must never be importable there."""
    home = tmp_path_factory.mktemp("vendor") / "venv"
    subprocess.run([sys.executable, "-m", "venv", home], check=True, timeout=INSTALL_SECONDS)
    python = next(
        path for path in (home / "bin/python", home / "Scripts/python.exe") if path.exists()
    )
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", VENDOR],
        check=True,
        timeout=INSTALL_SECONDS,
    )
    return python


@pytest.fixture(scope="module")
def answers(vendor_python, tmp_path_factory):
    """What every call of the driver came back with, by the call's name."""
    # The vendor's Resubmit always sends the machine's local time of its import as SendTime
    # (T38). Long after that moment in any zone, it reads as "now".
    # Their client deviates from the reference, and is right to be served.
    emulator = Emulator(
        token="test-token", strict=False, clock=Clock.frozen("2090-01-01T00:00:00Z")
    )
    with emulator.serve() as url:
        done = subprocess.run(
            [vendor_python, "-I", DRIVER, url, "test-token"],
            capture_output=True,
            text=True,
            check=False,
            timeout=DRIVE_SECONDS,
            cwd=tmp_path_factory.mktemp("elsewhere"),
        )
    assert done.returncode == 0, done.stderr
    # groupcontacts/requests/list.py, line 60, of the vendor's client prints its URL: a
    # forgotten print, hence the filter.
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {line["call"]: line["answer"] for line in lines}


def test_every_call_but_the_unknown_message_succeeds(answers):
    """All 25 calls are made, and each reads as Success to the vendor's own parser."""
    assert len(answers) == 28
    failed = {call for call, answer in answers.items() if answer["Result"] != "Success"}
    assert failed == {"unknown"}


def test_an_unknown_message_reads_as_failed_with_its_text(answers):
    """The 2.04 client reads ErrorMessage, so the failure must hold it (T53)."""
    assert answers["unknown"] == {
        "Result": "Failed",
        "MessageID": "never-sent",
        "ErrorMessage": ["Message not found"],
    }


def test_reports_fill_the_vendors_models(answers):
    """Status, reply and received name things as the vendor's DTOs do (T55 to T58)."""
    (recipient,) = answers["status"]["Recipients"]
    assert (recipient["Destination"], recipient["Status"]) == ("+61421000001", "Success")
    assert answers["status"]["Reference"] == "Vendor"
    (replied,) = answers["reply"]["Recipients"]
    assert replied["MessageText"] == "Hello Jo"
    assert [reply["MessageText"] for reply in replied["SMSReplies"]] == ["Yes"]
    for name in ("received", "received between"):
        assert [message["MessageText"] for message in answers[name]["Messages"]] == ["Yes"]


def test_actions_tell_the_state_before(answers):
    """Each action names itself, the message and the state before it (T59)."""
    told = {
        name: (answers[name]["Action"], answers[name]["Status"], answers[name]["MessageID"])
        for name in ("reschedule", "abort", "resubmit")
    }
    assert told == {
        "reschedule": ("Reschedule", "Delayed", "vendor-2"),
        "abort": ("Abort", "Delayed", "vendor-2"),
        "resubmit": ("Resubmit", "Transmit", "vendor-3"),
    }


def test_the_address_book_fills_the_vendors_models(answers):
    """Contacts and groups come back under the names the vendor's models have."""
    contact_id = answers["contact create"]["Contact"]["ContactID"]
    group = answers["group create"]["Group"]
    assert group["GroupCode"] == "Test_Group"
    assert answers["contact update"]["Contact"]["Attention"] == "Desk"
    assert answers["contact update"]["Contact"]["FirstName"] == "Jess"
    assert [c["ContactID"] for c in answers["contact list"]["Contacts"]] == [contact_id]
    assert answers["group update"]["Group"]["GroupName"] == "Renamed"
    assert [g["GroupID"] for g in answers["group list"]["Groups"]] == [group["GroupID"]]
    assert answers["contact delete"]["Contact"]["ContactID"] == contact_id


@pytest.mark.parametrize("side", ["contact group", "group contact"])
def test_both_sides_of_a_membership(answers, side):
    """A membership can be made, seen and ended from either side, and names both (T5)."""
    for verb in ("create", "detail", "delete"):
        answer = answers[f"{side} {verb}"]
        assert answer["Contact"]["FirstName"] == "Jess"
        assert answer["Group"]["GroupName"] == "Renamed"
    listed = answers[f"{side} list"]
    assert (listed["TotalRecords"], listed["Page"]) == (1, 1)
