"""Strict mode, everything before the body: paths, methods, headers and queries, by T-number."""

import pytest

JSON = {"accept": "application/json"}
BODY = {"MessageData": {"Message": "Hello", "Destinations": [{"Recipient": "+61421000001"}]}}
RECEIVED = {"timePeriod": 60, "recordsPerPage": 100, "page": 1}
UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
LISTS = [
    *("addressbook/contact/list", "addressbook/group/list"),
    *("addressbook/contact/x/group/list", "addressbook/group/x/contact/list"),
]


@pytest.mark.parametrize("path", ["SEND/sms", "send/sms/", "send/SMS"])
async def test_t6_paths_are_lower_case_without_a_slash(both, path):
    """404, as the path is none that the reference has."""
    await both.deviates("T6", "POST", path, code=404, json=BODY)


async def test_t6_the_front_of_the_path_too(both):
    """Of /api/v2.04 as of the rest."""
    url = f"/API/v{both.version}/send/sms"
    for caller, code in ((both.lenient, 200), (both.strict, 404)):
        answer = await caller.http.post(url, json=BODY, headers=JSON)
        assert answer.status_code == code


async def test_t3_an_id_in_a_path(both):
    """Percent-encoded; and a GroupCode in 2.03, on either side of a membership."""
    await both.passes("GET", "addressbook/group/a%2Fb")
    scope = {
        "type": "http",
        "method": "GET",
        "path": '/api/v2.04/addressbook/group/a"b',
        "raw_path": b'/api/v2.04/addressbook/group/a"b',
        "query_string": b"",
        "headers": [(b"authorization", b"Basic test-token"), (b"accept", b"application/json")],
    }
    answered = []

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        answered.append(message)

    await both.strict.emulator.app(scope, receive, send)
    assert answered[0]["status"] == 404
    assert b"T3" in answered[1]["body"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"addressbook/group/{UUID}"),
        ("GET", f"addressbook/contact/x/group/{UUID}"),
        ("DELETE", f"addressbook/group/{UUID}/contact/x"),
    ],
)
async def test_t3_groups_go_by_code_in_2_03(both_of, method, path):
    """2.04 takes either; a contact goes by its id in both."""
    await both_of("2.03").deviates("T3", method, path, borne=400)
    await both_of("2.04").passes(method, path)
    await both_of("2.03").passes(method, "addressbook/contact/" + UUID)


@pytest.mark.parametrize("path", ["get/status/a_b", "get/sms/reply/a_b"])
async def test_t31_a_message_id_in_a_path(both, path):
    """Letters, digits and hyphens, as in a send."""
    await both.deviates("T31", "GET", path, borne=400)
    await both.passes("GET", path.replace("_", "-"))


@pytest.mark.parametrize(
    ("code", "method", "path"),
    [
        (405, "PATCH", "get/sms/reply/m"),  # T1
        (405, "PATCH", "addressbook/contact/x/group"),  # T5
        (404, "POST", "get/status"),  # T16
        (404, "POST", "set/abort"),  # T16
    ],
)
async def test_methods_that_no_call_has_are_refused_by_either(both, code, method, path):
    """T1, T5 and T16 need no strict mode."""
    answer = await both.passes(method, path, json={})
    assert answer.status_code == code


@pytest.mark.parametrize("base", ["/api/2.04/send/sms", "/api/v3.00/send/sms"])
async def test_bases_that_are_none(both, base):
    """T11 and T12 neither."""
    for caller in (both.lenient, both.strict):
        assert (await caller.http.post(base, json=BODY, headers=JSON)).status_code == 404


@pytest.mark.parametrize(
    ("trap", "headers"),
    [
        ("T7", {"accept": "*/*"}),
        ("T7", {"accept": ""}),
        ("T7", {"accept": "application/json; encoding='utf-8'"}),
        ("T7", {"accept": "application/json, */*"}),
        ("T7", {"content-type": "application/json; encoding='utf-8'"}),
        ("T7", {"content-type": "text/json"}),
        ("T7", {"content-type": ""}),
        ("T8", {"accept": "application/xml"}),
        ("T8", {"accept": "text/xml"}),
    ],
)
async def test_t7_t8_media_types(both, trap, headers):
    """Both headers are there, plain, and name the same format; 415."""
    await both.deviates(trap, "POST", "send/sms", code=415, json=BODY, headers=JSON | headers)


@pytest.mark.parametrize("plain", ["application/json", "application/json; charset=utf-8"])
async def test_t7_the_media_type_as_it_is_to_be(both, plain):
    """With the character set or without; none is needed where there is no body."""
    headers = {"accept": plain, "content-type": plain}
    assert (await both.passes("POST", "send/sms", json=BODY, headers=headers)).status_code == 200
    await both.passes("GET", "get/status/m", headers={"accept": plain})


@pytest.mark.parametrize("word", ["basic test-token", "BASIC test-token", "Basic  test-token"])
async def test_t9_the_scheme_of_the_token(both, word):
    """Basic, one space, and the token; 401."""
    headers = JSON | {"authorization": word}
    await both.deviates("T9", "POST", "send/sms", code=401, json=BODY, headers=headers)


async def test_t9_bearer_is_of_v3(make, caller):
    """Whatever the setting says that 2.x may bear with."""
    api = caller(make(strict=True, accept_bearer=True))
    headers = JSON | {"authorization": "Bearer test-token"}
    assert (await api.call("GET", "get/status/m", headers=headers)).status_code == 401


async def test_t10_get_and_delete_have_no_body(both):
    """Not an empty object either."""
    await both.deviates("T10", "GET", "get/status/m", borne=400, content=b"{}")
    await both.deviates("T10", "DELETE", "addressbook/contact/x", borne=400, content=b"{}")


async def test_post_and_patch_have_one(both):
    """An empty object where there is nothing to say (1.1.2)."""
    headers = JSON | {"content-type": "application/json"}
    await both.deviates("1.1.2", "PATCH", "set/abort/m", borne=400, content=b"", headers=headers)
    await both.passes("PATCH", "set/abort/m", json={})


@pytest.mark.parametrize(
    ("trap", "query", "borne"),
    [
        ("T13", {"TimePeriod": 60, "recordsPerPage": 100, "page": 1}, 200),
        ("T13", RECEIVED | {"destType": "SMS"}, 200),
        ("T13", RECEIVED | {"page": [1, 2]}, 200),
        ("T14", {"timePeriod": 60}, 200),
        ("T14", {"timePeriod": 60, "page": 1}, 200),
        ("T14", RECEIVED | {"recordsPerPage": 101}, 200),
        ("T14", RECEIVED | {"recordsPerPage": 0}, 200),
        ("T14", RECEIVED | {"page": "+1"}, 200),
        ("T15", {"recordsPerPage": 100, "page": 1}, 200),
        ("T15", RECEIVED | {"dateFrom": "2025-06-01T00:00:00"}, 200),
        (
            "T15",
            RECEIVED | {"dateFrom": "2025-06-01T00:00:00", "dateTo": "2025-06-01T00:00:00"},
            200,
        ),
        (
            "T37",
            {"dateFrom": "01/06/2025", "dateTo": "2025-06-01", "recordsPerPage": 9, "page": 1},
            200,
        ),
    ],
)
async def test_the_query_of_received(both, trap, query, borne):
    """Lower camel case, always paged, a period or both dates; failures there are 200 (T50)."""
    await both.deviates(trap, "GET", "get/sms/received", borne=borne, params=query)


@pytest.mark.parametrize(
    "period",
    [
        {"timePeriod": 1440},
        {"dateFrom": "2025-06-01T00:00:00", "dateTo": "2025-06-01T23:59:59"},
    ],
)
async def test_received_as_it_is_to_be_asked(both, period):
    """Either period, with both numbers of the page."""
    query = {**period, "recordsPerPage": 100, "page": 1}
    answer = await both.passes("GET", "get/sms/received", params=query)
    assert answer.json()["Result"] == "Success"


@pytest.mark.parametrize("path", LISTS)
async def test_t14_lists_are_always_paged(both, path):
    """With both numbers, up to 100 on a page."""
    borne = 400 if "/x/" in path else 200
    await both.deviates("T14", "GET", path, borne=borne)
    await both.deviates("T14", "GET", path, borne=borne, params={"recordsPerPage": 5})
    await both.passes("GET", path, params={"recordsPerPage": 100, "page": 1})


@pytest.mark.parametrize("path", ["get/status/m", "get/sms/reply/m"])
async def test_t18_reports_are_paged_when_asked(both, path):
    """With both numbers or none."""
    await both.passes("GET", path)
    await both.passes("GET", path, params={"recordsPerPage": 100, "page": 2})
    await both.deviates("T18", "GET", path, borne=400, params={"page": 2})


async def test_other_calls_take_no_query(both):
    """Nothing of the kind is documented (T13)."""
    await both.deviates("T13", "POST", "send/sms", json=BODY, params={"page": 1})


async def test_t17_the_search(both_of):
    """Escaped, in the documented spelling, in 2.04 alone."""
    new, page = both_of("2.04"), "recordsPerPage=100&page=1"
    path = "addressbook/contact/search?"
    await new.passes("GET", f"{path}MobilePhone=%2B64%2021&LastName=a&{page}")
    await new.deviates("T17", "GET", f"{path}MobilePhone=+64%2021&{page}")
    await new.deviates("T13", "GET", f"{path}mobilePhone=1&{page}")
    await new.deviates("T43", "GET", f"{path}MobilePhone=&{page}")
    await both_of("2.03").deviates("1.2", "GET", f"{path}{page}", code=404, borne=400)
