"""GET /get/sms/received: what phones sent in a stretch of time."""

import pytest


async def test_a_received_message_in_2_04(api, emulator):
    """2.04 prints ReceivedID, three times, ContactID and Version (T55 to T57, T82)."""
    contact = (await api.post("addressbook/contact", MobilePhone="0421 000 001"))["Contact"]
    await api.send("+61421000001", MessageID="m", SubAccount="S", Department="D")
    received = emulator.reply("0421000001", "Yes")
    answer = await api.get("get/sms/received", timePeriod=5)
    (message,) = answer.pop("Messages")
    assert answer == {
        "Result": "Success",
        "TotalRecords": 1,
        "RecordsPerPage": 100,
        "PageCount": 1,
        "Page": 1,
    }
    assert message == {
        "ReceivedID": received["ReceivedID"],
        "MessageID": "m",
        "JobNum": emulator.state()["jobs"][0]["JobNum"],
        "SubAccount": "S",
        "Department": "D",
        "ReceivedTimeLocal": "2025-06-04 07:16:55",
        "ReceivedTimeUTC": "2025-06-03 21:16:55",
        "ReceivedTimeUTC_RFC3339": "2025-06-03T21:16:55.000Z",
        "From": "+61421000001",
        "MessageText": "Yes",
        "Timezone": "AUS Eastern",
        "ContactID": contact["ContactID"],
        "Version": "v2.04",
    }


async def test_a_received_message_in_2_03(old_api, emulator):
    """2.03 prints an integer ID and Date pairs; unmatched, it names no message (T55)."""
    emulator.reply("+61421000001", "Hello?")
    (message,) = (await old_api.get("get/sms/received", timePeriod=5))["Messages"]
    assert message == {
        "ID": 1,
        "MessageID": "",
        "JobNum": "",
        "SubAccount": "",
        "Department": "",
        "Date": "2025-06-04 07:16:55",
        "DateUTC": "2025-06-03 21:16:55",
        "From": "+61421000001",
        "MessageText": "Hello?",
        "Timezone": "AUS Eastern",
    }


async def texts(api, **query):
    """Return the texts of one page."""
    return [m["MessageText"] for m in (await api.get("get/sms/received", **query))["Messages"]]


async def test_the_time_period_is_minutes_back_from_now(api, emulator):
    """A timePeriod counts minutes; query names match in any case (T13, T15)."""
    for text in ("first", "second", "third"):
        emulator.reply("+61421000001", text)
        emulator.advance(600)
    assert await texts(api, timePeriod=20) == ["second", "third"]
    assert await texts(api, TimePeriod=1440) == ["first", "second", "third"]
    assert await texts(api, timePeriod=10**17) == ["first", "second", "third"]


async def test_both_ends_of_a_range_count(api, emulator):
    """Both dateFrom and dateTo are the user's local time, and both seconds are inside (1.1.4)."""
    emulator.advance(0.5)
    emulator.reply("+61421000001", "half past the second")
    day = {"dateFrom": "2025-06-04T07:16:55", "dateTo": "2025-06-04T07:16:55"}
    assert await texts(api, **day) == ["half past the second"]
    assert await texts(api, dateFrom="2025-06-04T07:16:56", dateTo="2025-06-05 00:00") == []
    assert await texts(api, dateFrom="2025-06-03", dateTo="2025-06-04T07:16:54") == []


async def test_the_list_is_paged_oldest_first(api, emulator):
    """A page beyond the end is empty, with the true total (U16)."""
    for number in range(5):
        emulator.reply("+61421000001", str(number))
    assert await texts(api, timePeriod=1, recordsPerPage=2, page=2) == ["2", "3"]
    beyond = await api.get("get/sms/received", timePeriod=1, recordsPerPage=2, page=9)
    assert (beyond["Messages"], beyond["TotalRecords"], beyond["PageCount"]) == ([], 5, 3)


@pytest.mark.parametrize(("asked", "used"), [("0", 1), ("-5", 1), ("5000", 1000), ("+7", 7)])
async def test_page_sizes_are_clamped(api, asked, used):
    """A size outside the limits is moved inside, not refused (T14)."""
    answer = await api.get("get/sms/received", timePeriod=1, recordsPerPage=asked)
    assert answer["RecordsPerPage"] == used


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"timePeriod": ""},
        {"timePeriod": "day"},
        {"timePeriod": "٣"},
        {"timePeriod": 5, "page": "x"},
        {"timePeriod": 5, "page": "9" * 30},
        {"dateFrom": "2025-06-04T00:00:00"},
        {"dateTo": "2025-06-04T00:00:00"},
        {"dateFrom": "today", "dateTo": "tomorrow"},
    ],
)
async def test_a_failed_received_call_is_http_200(either_api, query):
    """The reference documents this one failure with HTTP 200 (T15, T50)."""
    answer = await either_api.call("GET", "get/sms/received", params=query)
    assert answer.status_code == 200
    assert answer.json()["Result"] == "Failed"
    assert answer.json()["Message"]
