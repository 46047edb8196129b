"""The account of a chaos trial finds every way in which an alert can go wrong."""

from collections import Counter

import pytest

from tests.chaos.accounts import Alert, account, arrivals

SENT = ("delivered kakao_friends 0",)
LOST = ("unavailable kakao_friends 503", "unknown kakao_friends")


def alert(state, tries=SENT, **changes):
    values = {"reference": "AAAAAAAA", "error": "why", "is_repeatable": False, "folded_into": None}
    return Alert(state=state, tries=tries, **values | changes)


@pytest.mark.parametrize(
    ("given", "messages", "may_be_unknown", "problem"),
    [
        pytest.param(alert("delivered"), 1, True, None, id="delivered once"),
        pytest.param(alert("accepted"), 1, True, None, id="accepted once"),
        pytest.param(alert("failed"), 0, True, None, id="failed with a reason"),
        pytest.param(alert("unknown", LOST), 1, True, None, id="an answer was lost"),
        pytest.param(alert("unknown", LOST), 0, True, None, id="a request was lost"),
        pytest.param(alert("suppressed", (), folded_into="BBBBBBBB"), 0, True, None, id="told of by another"),
        pytest.param(alert("delivered"), 2, True, "2 messages arrived", id="twice"),
        pytest.param(alert("unknown", LOST), 2, True, "2 messages arrived", id="twice, one of them unknown"),
        pytest.param(alert("delivered"), 0, True, "no message arrived", id="delivered to nobody"),
        pytest.param(alert("failed"), 1, True, "a message arrived", id="failed, and yet it arrived"),
        pytest.param(alert("failed", error=None), 0, True, "nobody says why", id="failed without a reason"),
        pytest.param(alert("unknown"), 1, True, "no answer was lost", id="unknown for nothing"),
        pytest.param(alert("unknown", LOST, is_repeatable=True), 1, True, "asked again", id="could be asked again"),
        pytest.param(alert("unknown", LOST), 1, False, "nothing in this trial", id="nothing could be lost"),
        pytest.param(alert("sending"), 0, True, "still waiting", id="left behind"),
        pytest.param(alert("suppressed", ()), 0, True, "nobody knows", id="folded into nothing"),
    ],
)
def test_each_way_to_go_wrong_is_found(given, messages, may_be_unknown, problem):
    found = account([given], Counter({"AAAAAAAA": messages}), may_be_unknown)
    assert found.states == {given.state: 1}
    assert len(found.faults) == (problem is not None)
    assert problem is None or problem in found.faults[0]


def test_a_message_counts_once_for_each_alert_that_it_names():
    assert arrivals(["접수번호 AAAAAAAA, AAAAAAAA", "Ref. BBBBBBBB", "1234-56**-****-7890"]) == {
        "AAAAAAAA": 1,
        "BBBBBBBB": 1,
    }
