"""Every state of an alert has words, advice and a reason why a decision is not possible."""

from decimal import Decimal

import pytest

from jikimi.cli.alert_filters import AlertState
from jikimi.cli.alert_words import in_words, money, next_steps, why_not

ALERT = {
    "alert_id": 17,
    "customer_id": "c1",
    "wait_reason": None,
    "last_error": None,
    "due_at": None,
    "folded_into": 12,
}


@pytest.mark.parametrize("state", [pytest.param(state.value, id=state.value) for state in AlertState])
def test_a_state_is_explained(state):
    alert = ALERT | {"state": state}
    assert in_words(alert)
    assert all("{" not in step for step in next_steps(alert))
    assert next_steps(alert)
    assert why_not(17, state).startswith("alert 17 ")


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        pytest.param("cool_down", "told of another alert a moment ago", id="cool-down"),
        pytest.param("quota", "until midnight in Korea", id="quota"),
        pytest.param("retry", "a try failed, the next one is due at -", id="retry"),
        pytest.param("fall_back", "next channel", id="fall-back"),
        pytest.param("channel_down", "takes nothing now", id="channel away"),
        pytest.param("operator", "a person had it sent again", id="a person"),
    ],
)
def test_why_it_waits_is_said(wait, words):
    assert words in in_words(ALERT | {"state": "deferred", "wait_reason": wait})


def test_the_last_error_is_one_safe_line():
    assert in_words(ALERT | {"state": "failed", "last_error": "no\x1b[31m\nway"}).endswith(": no\ufffd[31m\ufffdway")


def test_the_commands_of_the_advice_name_the_alert():
    assert any("resolve 17" in step for step in next_steps(ALERT | {"state": "unknown"}))
    assert any("show 12" in step for step in next_steps(ALERT | {"state": "suppressed"}))
    assert "try again in a moment" in why_not(17, "sending")


def test_an_earlier_error_is_not_told_as_the_reason():
    assert in_words(ALERT | {"state": "pending", "last_error": "no answer"}) == "waits to be sent (last: no answer)"
    assert (
        in_words(ALERT | {"state": "unknown", "last_error": "no answer"}) == "its message may have arrived: no answer"
    )


def test_money_is_written_with_its_currency():
    assert money({"amount": Decimal("1500.000"), "currency": "KRW"}) == "KRW 1,500"
