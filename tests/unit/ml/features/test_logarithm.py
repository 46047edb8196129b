"""Logarithms are rounded exactly, so that no processor and no neighbour in an array decides about a bit."""

from decimal import Context, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.features.logarithm import log_millionths

PRECISE = Context(prec=60)


def exactly(thousandths: int) -> int:
    return int((PRECISE.ln(Decimal(thousandths) / 1_000) * 1_000_000).to_integral_value())


@given(st.integers(1, 10**15))
def test_logarithm_is_rounded_to_the_nearest_millionth(thousandths: int) -> None:
    assert log_millionths(np.array([thousandths])).tolist() == [exactly(thousandths)]


def test_amounts_whose_logarithm_lies_close_to_a_half_are_calculated_exactly() -> None:
    amounts = np.arange(1, 300_001)
    millionths = np.log(amounts / 1_000) * 1e6
    close = amounts[np.abs(np.abs(millionths - np.rint(millionths)) - 0.5) < 1e-5]
    assert len(close) > 0
    assert log_millionths(close).tolist() == [exactly(each) for each in close.tolist()]


@pytest.mark.parametrize("amount", [pytest.param(0, id="nothing"), pytest.param(-5, id="less than nothing")])
def test_less_than_a_thousandth_counts_as_one(amount: int) -> None:
    assert log_millionths(np.array([amount])).tolist() == [exactly(1)]


@given(st.integers(0, 70), st.integers(0, 70))
def test_neighbours_in_the_array_change_nothing(begin: int, length: int) -> None:
    amounts = np.random.default_rng(7).integers(1, 10**8, 200)
    assert (log_millionths(amounts[begin : begin + length]) == log_millionths(amounts)[begin : begin + length]).all()
