"""Documented shapes of one answer, brought to the one that the models have."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bestsms._wire import fold

MESSAGE = {"Date": "2019-12-01 14:02:03", "From": "+61421000001", "MessageText": "Yes"}
NESTED = {"Result": "Success", "Recipients": [{"Destination": "+61421000001", "SMSReplies": []}]}


@pytest.mark.parametrize(
    "body",
    [
        {"Result": "Success", "Messages": [MESSAGE]},
        {"Result": "Success", "ReceivedMessages": [MESSAGE]},
        {"Result": "Success", **MESSAGE},
    ],
)
def test_the_received_list_has_three_shapes(body: dict[str, Any]) -> None:
    """T57: by its name, by the library's name, or one message flat in the body."""
    assert fold.received(body) == {"Result": "Success", "Messages": [MESSAGE]}


def test_a_page_keeps_its_numbers() -> None:
    """What stands beside the list stays beside it, and a flat message takes only its own keys."""
    paged = {"Page": 1, "ReceivedMessages": [], "Result": "Success"}
    assert fold.received(paged) == {"Page": 1, "Messages": [], "Result": "Success"}
    flat = {"TotalRecords": 1, "From": "+61421000001"}
    assert fold.received(flat) == {"TotalRecords": 1, "Messages": [{"From": "+61421000001"}]}


@pytest.mark.parametrize("sent", ["MessageSent", "SentMessage"])
@pytest.mark.parametrize("replies", ["MessageReceived", "ReceivedMessages"])
def test_replies_beside_one_sent_message_become_a_recipient(sent: str, replies: str) -> None:
    """T58: the sent part's date is when it was sent, whatever the table says (T74)."""
    body = {
        "Result": "Success",
        "Status": "Received",
        sent: {"Date": "2019-12-01 13:45:54", "Destination": "6421000001"},
        replies: [MESSAGE],
    }
    assert fold.reply(body) == {
        "Result": "Success",
        "Status": "Received",
        "Recipients": [
            {
                "SentDate": "2019-12-01 13:45:54",
                "Destination": "+6421000001",  # T73: one sample lacks the plus
                "SMSReplies": [MESSAGE],
            }
        ],
    }


def test_replies_may_stand_alone() -> None:
    """Without a sent part, or with one that is no object, the replies are still found."""
    alone = {"Recipients": [{"SMSReplies": [MESSAGE]}]}
    assert fold.reply({"MessageReceived": [MESSAGE]}) == alone
    assert fold.reply({"MessageReceived": [MESSAGE], "MessageSent": "x"}) == alone


@pytest.mark.parametrize("body", [NESTED, {"Result": "Success"}, {}])
def test_a_body_of_the_right_shape_passes_unchanged(body: dict[str, Any]) -> None:
    """Also one of no shape at all: judging it is not the fold's work."""
    assert fold.reply(body) == body
    assert fold.received(body) == body


@pytest.mark.parametrize("change", [fold.received, fold.reply])
@given(
    body=st.dictionaries(
        st.sampled_from(
            [
                *("Messages", "ReceivedMessages", "From", "Date", "Recipients", "MessageSent"),
                *("SentMessage", "MessageReceived", "Result"),
            ]
        ),
        st.none() | st.text(max_size=3) | st.lists(st.just(MESSAGE), max_size=2) | st.just(MESSAGE),
    )
)
def test_a_fold_breaks_on_nothing_and_changes_nothing_of_its_input(change, body) -> None:
    """It is pure, and folding twice is folding once."""
    before = copy.deepcopy(body)
    once = change(body)
    assert body == before
    assert change(once) == once


def test_a_blank_reply_is_none() -> None:
    """The shapes beside one sent message print an empty object until somebody answers."""
    blank = {"Date": "", "From": "", "MessageText": None}
    sent = {"MessageSent": {"MessageText": "Hello"}}
    folded = fold.reply({**sent, "MessageReceived": blank})
    assert folded["Recipients"] == [{"SMSReplies": [], "MessageText": "Hello"}]
    answered = fold.reply({**sent, "MessageReceived": MESSAGE})
    assert answered["Recipients"][0]["SMSReplies"] == [MESSAGE]
    assert fold.received({"Result": "Success", "From": "", "MessageText": ""})["Messages"] == []


def test_null_beside_another_shape_is_absent() -> None:
    """A null list does not hide the one that holds something."""
    assert fold.received({"Messages": None, "ReceivedMessages": [MESSAGE]}) == {
        "Messages": [MESSAGE]
    }
    folded = fold.reply({"Recipients": None, "MessageReceived": [MESSAGE]})
    assert folded == {"Recipients": [{"SMSReplies": [MESSAGE]}]}
    folded = fold.reply(
        {
            "MessageSent": None,
            "SentMessage": {"MessageText": "Hello"},
            "MessageReceived": None,
            "ReceivedMessages": [MESSAGE],
        }
    )
    assert folded == {"Recipients": [{"SMSReplies": [MESSAGE], "MessageText": "Hello"}]}
