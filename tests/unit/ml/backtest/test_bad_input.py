"""A file that cannot be measured says what to do; a fold that cannot be is n/a, and never a silent 0."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from ml.backtest import Backtest, BacktestError, Protocol, as_plain, backtest, summarise_all
from ml.fitting import BrokenMemberError

DAY = pd.Timedelta(days=1)
Frames = tuple[pd.DataFrame, pd.DataFrame]


def within(transactions: pd.DataFrame, begin: pd.Timestamp, days: float) -> "pd.Series[bool]":
    return (transactions["occurred_at"] >= begin) & (transactions["occurred_at"] < begin + days * DAY)


def without_fraud(labels: pd.DataFrame, chosen: "pd.Series[bool]") -> pd.DataFrame:
    return labels.assign(is_fraud=labels["is_fraud"] & ~chosen.to_numpy())


def average_precision(measured: Backtest) -> list[float]:
    figures = summarise_all([fold.members for fold in measured.folds])["random_forest"]
    return list(figures["average_precision"].folds)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(lambda t, la: (t, la.assign(is_fraud=False)), "none of .* rows is fraud", id="no fraud"),
        pytest.param(lambda t, la: (t.head(0), la), "no row", id="no row"),
        pytest.param(lambda t, la: (t, la.head(0)), "no row has a label", id="no label"),
        pytest.param(lambda t, la: (t, la.drop(columns="is_fraud")), "labels lack the column is_fraud", id="column"),
        pytest.param(lambda t, la: (t, la.assign(is_fraud=True)), "rows are fraud", id="nothing but fraud"),
        pytest.param(
            lambda t, la: (t.assign(amount=t["amount"].where(t.index != 5)), la),
            "1 row has no amount that can be read, the first is SIM00000006",
            id="an amount that is no number",
        ),
        pytest.param(
            lambda t, la: (t.assign(occurred_at=t["occurred_at"].where(t.index > 1)), la),
            "2 rows have no occurred_at that can be read",
            id="instants that are none",
        ),
    ],
)
def test_a_file_that_cannot_be_measured_says_why(
    simulated: Frames, protocol: Protocol, change: Callable[..., Frames], words: str
) -> None:
    with pytest.raises(BacktestError, match=words) as caught:
        backtest(*change(*simulated), protocol)
    assert "\n" not in str(caught.value)


def test_a_member_that_cannot_be_fitted_is_named(
    simulated: Frames, protocol: Protocol, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: Any) -> None:
        raise BrokenMemberError("random_forest cannot be fitted: no memory\nat all")

    monkeypatch.setattr("ml.backtest.running.fit_panel", fail)
    with pytest.raises(BacktestError, match=r"random_forest cannot be fitted: no memory: leave that member out\."):
        backtest(*simulated, protocol)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        pytest.param(
            {"first_test": pd.Timestamp("2030-01-01", tz="UTC")}, "outside the file", id="day not in the file"
        ),
        pytest.param({"folds": 9}, "at most 2 folds", id="too many folds"),
        pytest.param({"train_days": 0.001}, "fold 1: .*training", id="training window of a minute"),
    ],
)
def test_a_protocol_that_does_not_fit_says_what_does(
    simulated: Frames, protocol: Protocol, choice: dict[str, Any], words: str
) -> None:
    with pytest.raises(BacktestError, match=words):
        backtest(*simulated, replace(protocol, **choice))


def test_training_without_known_fraud_says_so(simulated: Frames, protocol: Protocol) -> None:
    transactions, labels = simulated
    is_before = transactions["occurred_at"] < protocol.first_test
    with pytest.raises(BacktestError, match=r"fold 1: None of [\d,]+ training rows was known as fraud"):
        backtest(transactions, without_fraud(labels, is_before), replace(protocol, folds=1))


def test_a_fold_that_cannot_be_trained_is_left_out_and_seen(simulated: Frames, protocol: Protocol) -> None:
    transactions, labels = simulated
    # The first fold trains on one week without fraud, the second one on the week after.
    is_first_week = within(transactions, protocol.first_test - 14 * DAY, 7)
    measured = backtest(transactions, without_fraud(labels, is_first_week), replace(protocol, train_days=7))
    first, second = average_precision(measured)
    assert math.isnan(first)
    assert second > 0
    assert "training rows was known as fraud" in measured.folds[0].notes[0]
    plain = as_plain(measured)["members"]["random_forest"]["average_precision"]
    assert plain == {"mean": second, "std": None, "folds": [None, second]}


def test_a_fold_without_any_row_is_left_out_and_seen(simulated: Frames, protocol: Protocol) -> None:
    transactions, labels = simulated
    is_gap = within(transactions, protocol.first_test, 7)
    measured = backtest(transactions[~is_gap], labels, protocol)
    assert [math.isnan(value) for value in average_precision(measured)] == [True, False]
    assert measured.folds[0].notes == ("There is no row on its test days.",)
    assert measured.folds[0].test_rows == 0


def test_days_without_rows_are_said_and_do_not_count(simulated: Frames, protocol: Protocol) -> None:
    transactions, labels = simulated
    is_gap = within(transactions, protocol.first_test + 2 * DAY, 2)
    measured = backtest(transactions[~is_gap], labels, replace(protocol, folds=1))
    assert measured.folds[0].notes == ("2 of its 7 test days have no row.",)
    assert average_precision(measured)[0] > 0


def test_a_test_without_fraud_has_no_ranking_and_no_recall(simulated: Frames, protocol: Protocol) -> None:
    transactions, labels = simulated
    is_fold = within(transactions, protocol.first_test, 7)
    measured = backtest(transactions, without_fraud(labels, is_fold), protocol)
    fold = measured.folds[0]
    assert "nothing can be ranked" in fold.notes[0]
    plain = as_plain(measured)
    for table, name in (("members", "random_forest"), ("panel", "unanimous"), ("panel", "majority")):
        for measure in ("auc_roc", "average_precision", "card_precision_at_100", "recall_at_fpr_0.001"):
            assert plain[table][name][measure]["folds"][0] is None
            assert plain[table][name][measure]["folds"][1] is not None
    assert plain["panel"]["unanimous"]["message_recall"]["folds"][0] is None
    assert fold.panel["unanimous"]["messages_per_day"] >= 0


def test_one_customer_is_measured_as_far_as_one_can_be(simulated: Frames, protocol: Protocol) -> None:
    transactions, labels = simulated
    once = replace(protocol, folds=1, keep_known_cards=True)
    measured = backtest(transactions.assign(customer_id="C1"), labels, once)
    figures = as_plain(measured)["members"]["random_forest"]
    assert figures["card_precision_at_100"] == {"mean": None, "std": None, "folds": [None]}
    assert figures["auc_roc"]["mean"] > 0.5
    assert "Only 1 card is tested" in measured.folds[0].notes[0]


def test_one_customer_whose_card_is_known_leaves_nothing_to_rank(simulated: Frames, protocol: Protocol) -> None:
    transactions, labels = simulated
    measured = backtest(transactions.assign(customer_id="C1"), labels, replace(protocol, folds=1))
    plain = as_plain(measured)
    assert plain["members"]["random_forest"]["auc_roc"] == {"mean": None, "std": None, "folds": [None]}
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_fewer_than_100_cards_have_no_card_precision(simulated: Frames, protocol: Protocol) -> None:
    transactions, labels = simulated
    few = transactions[transactions["customer_id"].isin(sorted(transactions["customer_id"].unique())[:80])]
    # Every fraud of the others is kept, as theirs: there must be something to learn.
    few = pd.concat(
        [few, transactions[labels["is_fraud"] & ~transactions.index.isin(few.index)].assign(customer_id="X")]
    )
    measured = backtest(few, labels, replace(protocol, folds=1, keep_known_cards=True))
    assert math.isnan(measured.folds[0].members["random_forest"]["card_precision_at_100"])
    assert "card precision@100 needs 100" in measured.folds[0].notes[0]


def test_a_file_that_begins_within_the_training_window_says_so(simulated: Frames, protocol: Protocol) -> None:
    measured = backtest(*simulated, replace(protocol, train_days=60, folds=1))
    assert measured.folds[0].notes == ("The file begins on 2025-04-01, so it trained on 39.0 days instead of 60.",)
