"""The interval against scipy's, and what a monitor needs of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from ml.monitoring.intervals import SURE, wilson


@given(st.integers(1, 10**6).flatmap(lambda rows: st.tuples(st.integers(0, rows), st.just(rows))))
def test_it_is_the_interval_of_scipy(drawn):
    hits, rows = drawn
    level = 1 - 2 * norm.sf(SURE)
    other = binomtest(hits, rows).proportion_ci(level, method="wilson")
    assert wilson(hits, rows) == pytest.approx((other.low, other.high), abs=1e-9)


def test_without_rows_every_share_is_possible():
    assert wilson(0, 0) == (0.0, 1.0)


def test_no_fraud_in_few_rows_does_not_say_that_there_is_none():
    assert wilson(0, 100)[1] > 0.05
    assert wilson(0, 100_000)[1] < 0.001
