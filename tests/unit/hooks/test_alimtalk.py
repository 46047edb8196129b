"""Telephone numbers, periods, and that nothing of a message shows."""

from datetime import UTC, datetime, timedelta

import pytest

from jikimi.exceptions import Rejected
from jikimi.hooks.alimtalk import Alimtalk, TextMessage, number_of, windows

NOON = datetime(2026, 8, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "number"),
    [
        pytest.param("01012345678", "01012345678", id="digits"),
        pytest.param("010-1234-5678", "01012345678", id="hyphens"),
        pytest.param("(010) 1234.5678", "01012345678", id="other punctuation"),
        pytest.param("+82 10-1234-5678", "01012345678", id="from abroad"),
        pytest.param("+82 010-1234-5678", "01012345678", id="from abroad with a nought too many"),
        pytest.param("0212345678", "0212345678", id="Seoul"),
        pytest.param(" 01012345678\n", "01012345678", id="space around"),
    ],
)
def test_numbers_are_written_as_they_are_dialled_in_korea(address: str, number: str) -> None:
    assert number_of(address) == number


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param("hong@example.com", id="e-mail"),
        pytest.param("12345678", id="no nought"),
        pytest.param("010123456789", id="too long"),
        pytest.param("+1 212 555 0100", id="abroad"),
        pytest.param("０１０１２３４５６７８", id="digits of another script"),
    ],
)
def test_what_is_no_korean_number_is_refused_without_being_named(address: str | None) -> None:
    with pytest.raises(Rejected) as caught:
        number_of(address)
    assert not address or address not in str(caught.value)


def test_nothing_personal_shows() -> None:
    message = Alimtalk("a1b2c3d4", "01012345678", "T1", {"customer": "홍*동 고객"}, TextMessage("SMS", "홍*동 고객님"))
    assert "홍" not in repr(message)
    assert "0101" not in repr(message)


def test_periods_that_overlap_are_one() -> None:
    minute = timedelta(minutes=1)
    instants = [NOON + 10 * minute, NOON, NOON + minute]
    assert windows(instants, minute, 2 * minute) == [
        (NOON - minute, NOON + 3 * minute),
        (NOON + 9 * minute, NOON + 12 * minute),
    ]
    assert windows([], minute, minute) == []
