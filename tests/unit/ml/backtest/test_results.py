"""Folds are meaned over those that have a value, and it can be seen how many these are."""

import math

import pytest

from ml.backtest import summarise, summarise_all

NAN = math.nan


def test_mean_and_spread_are_those_of_the_folds() -> None:
    summary = summarise([0.5, 0.7, 0.9, 0.7])
    assert (summary.mean, summary.std) == pytest.approx((0.7, math.sqrt(0.08 / 4)))
    assert (summary.folds, summary.measured) == ((0.5, 0.7, 0.9, 0.7), 4)


def test_a_fold_without_a_value_is_left_out_and_seen() -> None:
    summary = summarise([0.5, NAN, 0.7])
    assert (summary.mean, summary.measured) == (pytest.approx(0.6), 2)
    assert math.isnan(summary.folds[1])


@pytest.mark.parametrize("folds", [pytest.param([0.5], id="one fold"), pytest.param([NAN, 0.5], id="one of two folds")])
def test_one_value_has_no_spread(folds: list[float]) -> None:
    assert summarise(folds).mean == 0.5
    assert math.isnan(summarise(folds).std)


def test_no_value_has_no_mean() -> None:
    assert math.isnan(summarise([NAN, NAN]).mean)
    assert summarise([NAN, NAN]).measured == 0


def test_a_fold_without_figures_keeps_its_place() -> None:
    table = summarise_all([{}, {"a": {"x": 1.0}}, {"a": {"x": 3.0}}])
    assert list(table) == ["a"]
    assert table["a"]["x"].mean == 2.0
    assert [math.isnan(value) for value in table["a"]["x"].folds] == [True, False, False]
