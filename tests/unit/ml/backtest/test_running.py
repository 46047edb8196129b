"""A backtest measures what a slow one by hand measures, and the same again each time."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from ml.backtest import Backtest, Protocol, as_plain, backtest
from ml.features import compute_features
from ml.fitting import LabelledRows, fit_panel
from ml.models import MEMBERS
from ml.reference_models import REFERENCE_MODELS
from ml.scoring import score_members

DAY = pd.Timedelta(days=1)
Frames = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def measured(simulated: Frames, protocol: Protocol) -> Backtest:
    return backtest(*simulated, protocol)


def slow_fold(transactions: pd.DataFrame, labels: pd.DataFrame, protocol: Protocol, number: int) -> dict[str, float]:
    """Do one fold row by row, in the words of the protocol."""
    features = compute_features(transactions, labels)
    rows = transactions.merge(labels, on="transaction_id")
    rows = rows.sort_values(["occurred_at", "transaction_id"], ignore_index=True)
    begin = protocol.first_test + number * 7 * DAY
    is_training = [begin - 7 * DAY - 30 * DAY <= instant < begin - 7 * DAY for instant in rows["occurred_at"]]
    training = rows[is_training]
    fitted = fit_panel(
        LabelledRows(
            features.loc[training["transaction_id"]],
            training["is_fraud"].to_numpy(bool),
            pd.DatetimeIndex(training["occurred_at"]),
            training["customer_id"].to_numpy(object),
            training["amount"].to_numpy(np.float64),
        ),
        protocol.members,
        protocol.seed,
    )
    keep = []
    for today in pd.date_range(begin, periods=7):
        is_known = (rows["occurred_at"] >= begin - 14 * DAY) & (rows["occurred_at"] < today - 7 * DAY)
        known = set(rows["customer_id"][is_known & rows["is_fraud"]])
        is_today = (rows["occurred_at"] >= today) & (rows["occurred_at"] < today + DAY)
        keep += [place for place in rows.index[is_today] if rows["customer_id"][place] not in known]
    tested = rows.loc[keep]
    scores = score_members(features.loc[tested["transaction_id"]], fitted.members)["random_forest"]
    return {
        "auc_roc": roc_auc_score(tested["is_fraud"], scores),
        "average_precision": average_precision_score(tested["is_fraud"], scores),
    }


@pytest.mark.parametrize("number", [0, 1])
def test_a_fold_measures_what_is_measured_by_hand(
    simulated: Frames, protocol: Protocol, measured: Backtest, number: int
) -> None:
    slow = slow_fold(*simulated, protocol, number)
    figures = measured.folds[number].members["random_forest"]
    assert {name: figures[name] for name in slow} == pytest.approx(slow, abs=1e-12)
    assert 0 < measured.folds[number].known_card_rows < measured.folds[number].test_rows


def test_a_panel_of_one_ranks_as_its_member(measured: Backtest) -> None:
    fold = measured.folds[0]
    for policy in ("unanimous", "majority"):
        assert fold.panel[policy]["average_precision"] == fold.members["random_forest"]["average_precision"]
    assert list(fold.same_messages) == [200, 400, 800]
    found = fold.same_messages[200]
    assert found["majority"] == pytest.approx(found["unanimous"])
    assert found["random_forest"] == pytest.approx(found["unanimous"])
    assert found["unanimous"]["messages"] == 7 * fold.panel["unanimous"]["messages_per_day"] > 0


def test_file_in_any_order_gives_the_same_figures_bit_for_bit(
    simulated: Frames, protocol: Protocol, measured: Backtest
) -> None:
    shuffled = [frame.sample(frac=1, random_state=5) for frame in simulated]
    again = backtest(shuffled[0], shuffled[1], protocol)
    assert json.dumps(as_plain(again)) == json.dumps(as_plain(measured))


def test_every_member_gives_the_same_figures_again(simulated: Frames, protocol: Protocol) -> None:
    spec = replace(protocol, train_days=10, folds=1, members=tuple(MEMBERS))
    one, other = (as_plain(backtest(*simulated, spec, with_reference=True)) for _ in range(2))
    assert json.dumps(one) == json.dumps(other)
    assert list(one["members"]) == list(MEMBERS)
    assert list(one["reference"]) == list(REFERENCE_MODELS)
    assert one["reference"]["reference_xgboost"]["auc_roc"]["mean"] > 0.6


def test_plain_values_are_json_with_every_measure_of_every_fold(measured: Backtest) -> None:
    plain = json.loads(json.dumps(as_plain(measured), allow_nan=False))
    for part, name in (
        ("members", "random_forest"),
        ("panel", "unanimous"),
        ("panel", "majority"),
    ):
        for measure in ("auc_roc", "average_precision", "card_precision_at_100", "recall_at_fpr_0.001"):
            summary = plain[part][name][measure]
            assert summary["mean"] == pytest.approx(np.mean(summary["folds"]))
            assert len(summary["folds"]) == 2
    for measure in ("messages_per_day", "message_precision", "message_recall", "expected_messages_per_10k"):
        assert plain["panel"]["unanimous"][measure]["mean"] > 0
    assert plain["same_messages_at_budget"]["200"] == plain["same_messages"]
    sent = [plain["same_messages_at_budget"][each]["unanimous"]["messages"]["mean"] for each in ("200", "400", "800")]
    assert sent == sorted(sent)
    assert plain["protocol"]["settings"]["train_days"] == 30
    assert plain["protocol"]["folds"][0]["tested_from"].startswith("2025-05-17")


def test_keeping_known_cards_ranks_every_row(simulated: Frames, protocol: Protocol, measured: Backtest) -> None:
    kept = backtest(*simulated, replace(protocol, keep_known_cards=True, folds=1)).folds[0]
    assert kept.known_card_rows == 0
    assert kept.members["random_forest"]["auc_roc"] != measured.folds[0].members["random_forest"]["auc_roc"]
    # Messages are sent to every card, so these figures stay.
    assert kept.panel["unanimous"]["message_recall"] == measured.folds[0].panel["unanimous"]["message_recall"]


def test_progress_reaches_its_end(simulated: Frames, protocol: Protocol) -> None:
    seen: list[tuple[int, int]] = []
    backtest(*simulated, replace(protocol, folds=1), report=lambda done, total, note: seen.append((done, total)))
    assert (seen[0], seen[-1]) == ((0, 1), (1, 1))
