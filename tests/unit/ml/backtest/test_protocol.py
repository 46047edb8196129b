"""Folds lie where the handbook lays them, and a protocol that cannot be is refused with what to do."""

from typing import Any

import pandas as pd
import pytest

from ml.backtest import BacktestError, Protocol, lay_folds

FIRST, LAST = pd.Timestamp("2018-04-01 00:00:31", tz="UTC"), pd.Timestamp("2018-07-31 23:59:59", tz="UTC")


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz="UTC")


def test_folds_are_the_validation_folds_of_the_handbook() -> None:
    folds = lay_folds(Protocol(day("2018-07-04"), train_days=7), FIRST, LAST)
    assert [f"{fold.trained_from:%m-%d}" for fold in folds] == ["06-20", "06-27", "07-04", "07-11"]
    assert [f"{fold.trained_until:%m-%d}" for fold in folds] == ["06-27", "07-04", "07-11", "07-18"]
    assert [f"{fold.tested_from:%m-%d}" for fold in folds] == ["07-04", "07-11", "07-18", "07-25"]
    assert folds[-1].tested_until == day("2018-08-01")


def test_without_a_limit_every_fold_trains_since_the_file_begins() -> None:
    folds = lay_folds(Protocol(day("2018-07-04"), test_days=3, delay_days=2.5, folds=2), FIRST, LAST)
    assert [fold.trained_from for fold in folds] == [FIRST, FIRST]
    assert [fold.trained_until for fold in folds] == [day("2018-07-01 12:00"), day("2018-07-04 12:00")]
    assert [fold.tested_until for fold in folds] == [day("2018-07-07"), day("2018-07-10")]


@pytest.mark.parametrize(
    ("first_test", "choice", "words"),
    [
        pytest.param("2017-01-01", {}, "outside the file.*2018-04-01 to 2018-07-31.*after 2018-04-09", id="before"),
        pytest.param("2018-08-01", {}, "outside the file", id="after"),
        pytest.param("2018-04-05", {}, "none can be trained on.*after 2018-04-09", id="no day is labelled by then"),
        pytest.param("2018-07-11", {}, "2018-08-07 is outside.*at most 3 folds", id="one fold too many"),
        pytest.param("2018-07-28", {"folds": 1}, "fewer test days", id="not even one fold"),
    ],
)
def test_days_that_the_file_does_not_have_are_refused(first_test: str, choice: dict[str, Any], words: str) -> None:
    with pytest.raises(BacktestError, match=words):
        lay_folds(Protocol(day(first_test), **choice), FIRST, LAST)


def test_a_file_shorter_than_the_delay_has_no_day_to_choose() -> None:
    with pytest.raises(BacktestError, match="longer file or a shorter label delay"):
        lay_folds(Protocol(day("2018-04-02"), folds=1, test_days=1), FIRST, FIRST + pd.Timedelta(days=3))


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        pytest.param({"folds": 0}, "at least 1", id="no fold"),
        pytest.param({"test_days": 0}, "at least 1", id="no test day"),
        pytest.param({"delay_days": 0}, "more than 0", id="no delay"),
        pytest.param({"train_days": 0}, "more than 0", id="no training day"),
        pytest.param({"members": ("xgboost", "oracle")}, "no member is named oracle: choose from", id="unknown"),
        pytest.param({"members": ()}, "at least one", id="no member"),
        pytest.param({"members": ("xgboost", "xgboost")}, "each one once", id="one member twice"),
    ],
)
def test_a_protocol_that_measures_nothing_is_refused(choice: dict[str, Any], words: str) -> None:
    with pytest.raises(BacktestError, match=words):
        Protocol(day("2018-07-04"), **choice)
