"""A panel is trained on what was known, judged on later days, and refused where the data is too little."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from ml.features import NUMERIC_NAMES, compute_features
from ml.scoring import score_members
from ml.simulation import simulate
from ml.training import (
    TooLittleDataError,
    TrainedPanel,
    TrainingSpec,
    fraud_as_of,
    judge,
    judged_rows,
    train,
    windows_of,
)
from tests.small_members import small_members

SPEC = TrainingSpec(messages_per_10k=50)
ALONE = TrainingSpec(members=("xgboost",), policy="majority", messages_per_10k=100)
END = datetime(2025, 6, 1, tzinfo=UTC)
History = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def history() -> History:
    transactions, labels = simulate(600, 150, 70, seed=3, end=END)
    return compute_features(transactions, labels), transactions, labels


@pytest.fixture(scope="module")
def panel(history: History) -> TrainedPanel:
    return train(*history, SPEC)


@pytest.fixture(autouse=True)
def members(panel: TrainedPanel) -> Iterator[None]:
    """Small members in all panels but the one above, which shall be good."""
    with small_members():
        yield


@pytest.fixture(scope="module")
def alone(history: History) -> TrainedPanel:
    """A panel of one small member, for what is the same with all: which rows and labels they get."""
    with small_members():
        return train(*history, ALONE)


def test_windows_leave_time_for_the_labels(history: History) -> None:
    newest, labels = history[1]["occurred_at"].max(), history[2]
    windows = windows_of(history[1], history[2], SPEC)
    day = pd.Timedelta(days=1)
    newest_labelled = (labels.loc[labels["known_at"] <= newest, "known_at"] - 7 * day).max()
    assert newest - 8 * day < newest_labelled <= newest - 7 * day
    assert windows.judged_until == newest_labelled
    assert windows.judged_from == newest_labelled - 7 * day
    assert windows.trained_until == newest_labelled - 14 * day
    assert windows.trained_from == history[1]["occurred_at"].min()


def test_the_newest_labelled_row_is_found_however_few_are_looked_up_at_once(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, transactions, labels = history
    expected = windows_of(transactions, labels, SPEC)
    monkeypatch.setattr("ml.training.LOOKED_UP", 997)
    shuffled = transactions.sample(frac=1, random_state=1)
    assert windows_of(shuffled, labels, SPEC) == expected


def test_training_window_can_be_shortened(history: History) -> None:
    windows = windows_of(history[1], history[2], TrainingSpec(train_days=14))
    assert windows.trained_until - windows.trained_from == pd.Timedelta(days=14)


def test_a_stray_row_from_the_future_moves_no_window_beyond_the_labels(history: History) -> None:
    _, transactions, labels = history
    stray = transactions.tail(1).assign(transaction_id="stray", occurred_at=END + pd.Timedelta(days=365))
    windows = windows_of(pd.concat([transactions, stray]), labels, SPEC)
    assert windows.judged_until == transactions["occurred_at"].max()


def test_panel_is_better_than_chance_and_near_its_budget_on_rows_it_has_not_seen(panel: TrainedPanel) -> None:
    assert panel.figures["average_precision"] > 0.4
    assert 0 < panel.figures["expected_messages_per_10k"] <= SPEC.messages_per_10k
    assert 0 < panel.figures["messages_per_10k"] <= 1.3 * SPEC.messages_per_10k
    assert panel.figures["message_precision"] > 0.5
    assert set(panel.thresholds) == set(panel.members) == set(panel.member_figures) == set(SPEC.members)


def test_nothing_after_the_judging_window_changes_the_panel(history: History, alone: TrainedPanel) -> None:
    features, transactions, labels = history
    changed = features.copy()
    changed.loc[(transactions["occurred_at"] >= alone.windows.judged_until).to_numpy(), list(NUMERIC_NAMES)] = 1e6
    again = train(changed, transactions, labels, ALONE)
    assert again.thresholds == alone.thresholds
    assert again.figures == alone.figures


def test_members_learn_nothing_from_labels_that_came_after_judging_began(history: History, alone: TrainedPanel) -> None:
    features, transactions, labels = history
    is_old = transactions["occurred_at"] < alone.windows.judged_from - pd.Timedelta(days=14)
    late = labels[is_old].assign(is_fraud=True, known_at=alone.windows.judged_from + pd.Timedelta(seconds=1))
    again = train(features, transactions, pd.concat([labels, late]), ALONE)
    rows = features.tail(200)
    pd.testing.assert_frame_equal(score_members(rows, again.members), score_members(rows, alone.members))


def test_judging_the_trained_panel_again_gives_its_own_figures(history: History, panel: TrainedPanel) -> None:
    figures = judge(panel.members, panel.thresholds, *history, SPEC)
    expected = {"expected_messages_per_10k": panel.figures["expected_messages_per_10k"]}
    assert (figures.panel | expected, figures.members) == (panel.figures, panel.member_figures)


def test_judged_rows_are_those_of_the_judging_window(history: History, panel: TrainedPanel) -> None:
    features, rows = judged_rows(*history, SPEC)
    occurred = history[1].set_index("transaction_id")["occurred_at"].loc[features.index]
    assert occurred.min() >= panel.windows.judged_from
    assert occurred.max() < panel.windows.judged_until
    assert (rows.day.min(), rows.day.max()) == (0, 6)
    assert len(features) == len(rows.is_fraud) == len(rows.is_known_card)
    assert rows.is_known_card.any()


def test_latest_known_label_counts() -> None:
    instants = pd.to_datetime(["2025-01-01", "2025-01-03", "2025-01-03", "2025-01-05"], utc=True)
    labels = pd.DataFrame(
        {"transaction_id": ["a", "a", "a", "b"], "is_fraud": [True, True, False, True], "known_at": instants}
    )
    ids = pd.Series(["b", "a", "c"])
    seen = {
        day: fraud_as_of(ids, labels, pd.Timestamp(f"2025-01-{day}", tz="UTC")).tolist() for day in ("02", "04", "06")
    }
    assert seen == {"02": [False, True, False], "04": [False, False, False], "06": [True, False, False]}


@pytest.mark.parametrize(
    ("days", "frauds", "words"),
    [
        pytest.param(0, True, "no transactions", id="nothing at all"),
        pytest.param(20, True, "at least 22", id="too few days"),
        pytest.param(70, False, "0 known frauds in the training window", id="no fraud"),
    ],
)
def test_too_little_data_says_what_is_missing(history: History, days: int, frauds: bool, words: str) -> None:
    features, transactions, labels = history
    recent = transactions[transactions["occurred_at"] >= END - pd.Timedelta(days=days)]
    labels = labels.assign(is_fraud=labels["is_fraud"] & frauds)
    with pytest.raises(TooLittleDataError, match=words):
        train(features.loc[recent["transaction_id"]], recent, labels, SPEC)


def test_training_without_known_fraud_is_refused(history: History) -> None:
    features, transactions, labels = history
    judged_from = windows_of(transactions, labels, SPEC).judged_from
    only_recent = labels[(transactions["occurred_at"] >= judged_from).to_numpy()]
    with pytest.raises(TooLittleDataError, match="training window"):
        train(features, transactions, only_recent, SPEC)


def test_panel_of_fewer_members_can_be_trained(alone: TrainedPanel) -> None:
    assert list(alone.members) == ["xgboost"]
    assert np.isfinite(list(alone.figures.values())).all()


@pytest.mark.parametrize(
    ("place", "column"),
    [
        pytest.param(0, "merchant_risk_7d", id="a feature"),
        pytest.param(1, "amount", id="of the transactions"),
        pytest.param(2, "known_at", id="of the labels"),
    ],
)
def test_a_missing_column_is_named(history: History, place: int, column: str) -> None:
    frames = list(history)
    frames[place] = frames[place].drop(columns=column)
    with pytest.raises(ValueError, match=rf"lack the column {column}"):
        train(*frames, SPEC)


def test_training_on_nothing_but_fraud_is_refused(history: History) -> None:
    features, transactions, labels = history
    with pytest.raises(TooLittleDataError, match="honest rows"):
        train(features, transactions, labels.assign(is_fraud=True), SPEC)


def test_order_of_the_frames_does_not_matter(history: History, alone: TrainedPanel) -> None:
    features, transactions, labels = history
    mixed = train(features, transactions.sample(frac=1.0, random_state=1), labels, ALONE)
    assert mixed.thresholds == alone.thresholds
    assert mixed.training_frauds == alone.training_frauds


def test_what_was_judged_is_kept_with_the_panel(panel: TrainedPanel) -> None:
    assert list(panel.judged_scores) == list(SPEC.members)
    assert panel.judged_scores.index.equals(panel.judged_features.index)
    assert len(panel.judged.is_fraud) == len(panel.judged_scores)
    pd.testing.assert_frame_equal(score_members(panel.judged_features, panel.members), panel.judged_scores)


def test_scores_are_of_the_size_of_the_fraud_on_days_that_nothing_was_learned_from(panel: TrainedPanel) -> None:
    """So few frauds come and go in waves: twice as many or half as many say nothing, ten times as many would."""
    for name in SPEC.members:
        assert 0.4 < panel.judged_scores[name].sum() / panel.judged.is_fraud.sum() < 2.5
