"""Every code of KakaoTalk's table, and every way in which an exchange fails, has one meaning."""

import pytest
import requests
import urllib3.exceptions

from jikimi.exceptions import DeliveryError, Rejected, Unavailable, Unknown
from jikimi.hooks.kakao_errors import (
    Advice,
    advice,
    error_of_code,
    error_of_status,
    error_of_transport,
    scrub,
)

TABLE = [
    pytest.param(-1, Unavailable, Advice.RETRY, id="-1 internal"),
    pytest.param(-2, Rejected, Advice.GIVE_UP, id="-2 bad parameters"),
    pytest.param(-3, Unavailable, Advice.ALARM, id="-3 not switched on"),
    pytest.param(-4, Unavailable, Advice.ALARM, id="-4 blocked"),
    pytest.param(-5, Unavailable, Advice.ALARM, id="-5 no permission"),
    pytest.param(-6, Unavailable, Advice.ALARM, id="-6 suspended"),
    pytest.param(-7, Unavailable, Advice.RETRY, id="-7 maintenance"),
    pytest.param(-8, Rejected, Advice.GIVE_UP, id="-8 bad header"),
    pytest.param(-9, Rejected, Advice.GIVE_UP, id="-9 retired"),
    pytest.param(-10, Unavailable, Advice.WAIT_FOR_RESET, id="-10 quota"),
    pytest.param(-11, Unavailable, Advice.WAIT_FOR_RESET, id="-11 paid limit"),
    pytest.param(-12, Unavailable, Advice.ALARM, id="-12 suspended"),
    pytest.param(-101, Rejected, Advice.OTHER_CHANNEL, id="-101 not linked"),
    pytest.param(-103, Rejected, Advice.OTHER_CHANNEL, id="-103 no account"),
    pytest.param(-401, Unavailable, Advice.ALARM, id="-401 token"),
    pytest.param(-402, Unavailable, Advice.ALARM, id="-402 scope"),
    pytest.param(-501, Rejected, Advice.OTHER_CHANNEL, id="-501 not a user"),
    pytest.param(-502, Unavailable, Advice.RETRY_ONCE, id="-502 not a friend"),
    pytest.param(-530, Rejected, Advice.OTHER_CHANNEL, id="-530 refuses"),
    pytest.param(-532, Unavailable, Advice.DEFER, id="-532 sender limit"),
    pytest.param(-533, Unavailable, Advice.DEFER, id="-533 receiver limit"),
    pytest.param(-536, Unavailable, Advice.DEFER, id="-536 pair limit"),
    pytest.param(-603, Unknown, Advice.ASK, id="-603 time-out inside"),
    pytest.param(-9798, Unavailable, Advice.RETRY, id="-9798 maintenance"),
]


@pytest.mark.parametrize(("code", "kind", "what_to_do"), TABLE)
def test_codes_are_translated(code: int, kind: type[DeliveryError], what_to_do: Advice) -> None:
    error = error_of_code(code)
    assert type(error) is kind
    assert error.code == str(code)
    assert advice(error.code) is what_to_do


def test_unknown_code_was_refused_and_may_be_tried_again() -> None:
    assert type(error_of_code(-9999)) is Unavailable
    assert advice("-9999") is advice("KOE322") is advice("") is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        pytest.param(302, Unavailable, id="redirected"),
        pytest.param(404, Unavailable, id="wrong address"),
        pytest.param(429, Unavailable, id="too many"),
        pytest.param(500, Unknown, id="crashed perhaps after sending"),
        pytest.param(502, Unknown, id="gateway lost the answer"),
        pytest.param(503, Unavailable, id="not accepting"),
        pytest.param(504, Unknown, id="gateway stopped waiting"),
    ],
)
def test_statuses_without_a_code_are_translated(status: int, kind: type[DeliveryError]) -> None:
    assert type(error_of_status(status)) is kind


def test_refused_connection_of_an_earlier_message_says_nothing_about_this_one() -> None:
    refused = urllib3.exceptions.NewConnectionError(None, "refused")  # type: ignore[arg-type]
    earlier = requests.ConnectionError(urllib3.exceptions.MaxRetryError(None, "/", refused))  # type: ignore[arg-type]
    assert type(error_of_transport(earlier)) is Unavailable
    late = requests.ReadTimeout("read timed out")
    late.__context__ = earlier
    assert type(error_of_transport(late)) is Unknown


def test_what_a_server_says_is_one_short_line_without_secrets() -> None:
    words = scrub("token abc123 of\nuuid-7 \x1b[31m" + "x" * 500, ["abc123", "", "uuid-7"])
    assert words.startswith("token *** of *** [31mxxx")
    assert len(words) == 120
    assert scrub(None, []) == ""
