"""Faults as data, over the control API."""

import pytest

from bestsms.emulator import Fault


async def test_faults_are_laid_down_listed_and_cleared(api, emulator):
    """POST takes the fields of Fault by name and tells the id; the state shows them too."""
    fields = {"do": "answer", "status": 429, "headers": {"Retry-After": "1"}, "times": 1}
    answer = await api.control("POST", "faults", json=fields)
    assert answer.status_code == 200
    laid = answer.json()
    assert (laid["id"], laid["met"], laid["struck"]) == (1, 0, 0)
    assert (laid["at"], laid["status"], laid["headers"]) == ("request", 429, [["Retry-After", "1"]])
    assert (await api.control("GET", "faults")).json() == [laid] == emulator.faults()
    assert (await api.control("GET", "state")).json()["faults"] == [laid]
    assert (await api.control("HEAD", "faults")).status_code == 200
    assert (await api.control("DELETE", "faults")).json() == []
    assert emulator.faults() == []


async def test_what_was_shown_can_be_laid_down_again(api, emulator):
    """Fields that are null are absent."""
    emulator.inject(Fault(do="stall", at="response_bytes", after=7, seconds=1, path="sms"))
    (laid,) = emulator.faults()
    fields = {name: laid[name] for name in laid if name not in ("id", "met", "struck")}
    again = (await api.control("POST", "faults", json=fields)).json()
    assert again == {**laid, "id": 2}


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "do is missing"),
        ({"do": "explode"}, "do is one of"),
        ({"do": "reset", "after": 1}, "after is a number of bytes"),
        ({"do": "reset", "nr": 1}, "unknown field 'nr'"),
        ({"do": "reset", "at": "accept"}, "at='accept' needs nth or times here"),
        ([], "the body must be a JSON object"),
    ],
    ids=str,
)
async def test_bad_faults_say_why(api, emulator, fields, text):
    """HTTP 400, and no fault is laid down; one that could lock everybody out is one of them."""
    answer = await api.control("POST", "faults", json=fields)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(text)
    assert emulator.faults() == []


@pytest.mark.parametrize("turn", [{"times": 1}, {"nth": 3}], ids=str)
async def test_connections_may_be_struck_a_limited_number_of_times(api, emulator, turn):
    """A fault at accept that comes to an end by itself is fine."""
    answer = await api.control("POST", "faults", json={"do": "reset", "at": "accept", **turn})
    assert answer.json()["at"] == "accept"


async def test_other_methods_are_not_allowed(api):
    """405 names those that are."""
    answer = await api.control("PATCH", "faults", json={})
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST", "DELETE"}
