"""Train a panel on the past, and say how good it is on later days that it has never seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.evaluation import Figures, JudgedRows, judge_scores, known_cards
from ml.features import FEATURE_NAMES
from ml.fingerprints import rows_sha256
from ml.fitting import FEWEST_FRAUDS, Fit, FittedPanel, LabelledRows, fit_at_once, fit_panel
from ml.fitting import TooLittleDataError as TooLittleDataError
from ml.models import MEMBERS, Estimator
from ml.scoring import score_members
from ml.voting import Policy

Flags = npt.NDArray[np.bool_]
LOOKED_UP: Final = 20_000
"""Rows whose labels are looked up at once."""


@dataclass(frozen=True)
class TrainingSpec:
    """What a person may choose about a training.

    :param train_days: longest training window in days; None for all there is.
    :param delay_days: how long a label takes.
    :param judge_days: length of the later window that the figures come from.
    :param messages_per_10k: budget: messages per 10,000 active customers and day.
    :param seed: of every member.
    """

    train_days: int | None = None
    delay_days: float = 7
    judge_days: int = 7
    messages_per_10k: float = 50.0
    seed: int = 7
    policy: Policy = "unanimous"
    members: tuple[str, ...] = tuple(MEMBERS)


@dataclass(frozen=True)
class Windows:
    """The instants of a training, each window without its end: train, wait for the labels, judge, wait again."""

    trained_from: pd.Timestamp
    trained_until: pd.Timestamp
    judged_from: pd.Timestamp
    judged_until: pd.Timestamp


@dataclass(frozen=True)
class TrainedPanel:
    """Fitted members with their thresholds, and what they reached on the later window.

    :param figures: of the panel on the judged rows, and `expected_messages_per_10k` of the training's held-out rows.
    :param training_sha256: digest of the training rows, their features and labels.
    :param judged: what is true of the judged rows, none of which was seen in training.
    :param judged_scores: one row per judged row, one column per member.
    :param judged_features: columns `ml.features.FEATURE_NAMES`, one row per judged row.
    """

    members: dict[str, Estimator]
    thresholds: dict[str, float]
    windows: Windows
    figures: dict[str, float]
    member_figures: dict[str, dict[str, float]]
    training_rows: int
    training_frauds: int
    training_sha256: str
    judged: JudgedRows
    judged_scores: pd.DataFrame
    judged_features: pd.DataFrame
    fitted: FittedPanel


def train(
    features: pd.DataFrame,
    transactions: pd.DataFrame,
    labels: pd.DataFrame,
    spec: TrainingSpec,
    fit: Fit = fit_at_once,
) -> TrainedPanel:
    """Train a panel as it could have been trained when its judging window began.

    Thresholds and calibration come from the later part of the training window (`ml.fitting`), so the figures on the
    judging window are those of rows that decided nothing.

    :param features: columns `ml.features.FEATURE_NAMES`, indexed by `transaction_id`, one row per transaction.
    :param transactions: `transaction_id`, `occurred_at`, `customer_id`, `amount`; the newest instant is taken as today.
    :param labels: `transaction_id`, `is_fraud`, `known_at`; a row without a label counts as honest.
    :param fit: how a member is fitted, as in `ml.fitting.fit_panel`.
    :raises TooLittleDataError: too few days, or too few frauds in one of the windows.
    :raises ValueError: a column is missing; the message names it.
    """
    _demand_columns(features, transactions, labels)
    windows = windows_of(transactions, labels, spec)
    rows = _training_rows(features, transactions, labels, windows)
    judged_features, judged = judged_rows(features, transactions, labels, spec)
    _demand_frauds(judged.is_fraud & ~judged.is_known_card, "judging", windows.judged_from, windows.judged_until)
    fitted = fit_panel(rows, spec.members, spec.seed, fit)
    thresholds = fitted.thresholds(spec.messages_per_10k, spec.policy)
    scores = score_members(judged_features, fitted.members)
    figures = judge_scores(judged, scores, thresholds, spec.policy)
    return TrainedPanel(
        members=fitted.members,
        thresholds=thresholds,
        windows=windows,
        figures=figures.panel
        | {"expected_messages_per_10k": fitted.expected_messages_per_10k(thresholds, spec.policy)},
        member_figures=figures.members,
        training_rows=len(rows),
        training_frauds=int(rows.is_fraud.sum()),
        training_sha256=rows_sha256(rows.features, rows.is_fraud),
        judged=judged,
        judged_scores=scores,
        judged_features=judged_features,
        fitted=fitted,
    )


def judge(
    members: Mapping[str, Estimator],
    thresholds: Mapping[str, float],
    features: pd.DataFrame,
    transactions: pd.DataFrame,
    labels: pd.DataFrame,
    spec: TrainingSpec,
) -> Figures:
    """Measure any panel on the window that `train` would judge on with the same data: champion against challenger.

    :raises TooLittleDataError: too few days.
    """
    judged_features, judged = judged_rows(features, transactions, labels, spec)
    return judge_scores(judged, score_members(judged_features, members), dict(thresholds), spec.policy)


def windows_of(transactions: pd.DataFrame, labels: pd.DataFrame, spec: TrainingSpec) -> Windows:
    """Lay the windows backwards from the newest labelled row, so that each one's labels are known where it ends.

    Labels and not rows decide, so that a stray row with a wrong date, or a pause in the data, moves no window.

    :raises TooLittleDataError: no day is left to train on.
    """
    delay, day = pd.Timedelta(days=spec.delay_days), pd.Timedelta(days=1)
    occurred_at = transactions["occurred_at"]
    if occurred_at.empty:
        raise TooLittleDataError("there are no transactions to train on: load some history first")
    newest = _newest_labelled(transactions, labels["transaction_id"][labels["known_at"] <= occurred_at.max()])
    if newest is None:
        raise TooLittleDataError("no transaction has a label that is known by now: import labels first")
    judged_until = min(occurred_at.max() - delay, newest)
    judged_from = judged_until - spec.judge_days * day
    trained_until = judged_from - delay
    trained_from = occurred_at.min()
    if spec.train_days is not None:
        trained_from = max(trained_from, trained_until - spec.train_days * day)
    if trained_until - trained_from < day:
        needed = 1 + spec.judge_days + 2 * spec.delay_days
        have = (occurred_at.max() - occurred_at.min()) / day
        raise TooLittleDataError(f"{have:.1f} days of history are too few: a training needs at least {needed}")
    return Windows(trained_from, trained_until, judged_from, judged_until)


def judged_rows(
    features: pd.DataFrame, transactions: pd.DataFrame, labels: pd.DataFrame, spec: TrainingSpec
) -> tuple[pd.DataFrame, JudgedRows]:
    """Return the features of the judging window's rows, and what is true of these rows.

    :raises TooLittleDataError: too few days.
    """
    windows = windows_of(transactions, labels, spec)
    today = transactions["occurred_at"].max()
    is_recent = transactions["occurred_at"] >= windows.judged_from - 2 * pd.Timedelta(days=spec.delay_days)
    recent = transactions[is_recent & (transactions["occurred_at"] < windows.judged_until)]
    is_fraud = fraud_as_of(recent["transaction_id"], labels, today).to_numpy(bool)
    day = ((recent["occurred_at"] - windows.judged_from) // pd.Timedelta(days=1)).to_numpy(np.int64)
    customer = recent["customer_id"].to_numpy(object)
    is_known = known_cards(customer, day, is_fraud, spec.delay_days)
    own = day >= 0
    amount = recent["amount"].to_numpy(np.float64)
    rows = JudgedRows(
        is_fraud=is_fraud[own],
        customer=customer[own],
        day=day[own],
        is_known_card=is_known[own],
        amount=amount[own],
        days=spec.judge_days,
    )
    return _features_of(features, transactions, recent[own]), rows


def fraud_as_of(transaction_ids: "pd.Series[str]", labels: pd.DataFrame, instant: pd.Timestamp) -> "pd.Series[bool]":
    """Return for each transaction whether its latest label known at an instant says fraud; False without a label.

    :return: indexed by transaction id; of labels known at the same instant the last one in the frame counts.
    """
    is_known = labels["known_at"] <= instant
    # Only what was ever called fraud is put in order: of all rows that would make an object of each id.
    is_called = labels["transaction_id"].isin(labels["transaction_id"][labels["is_fraud"] & is_known].unique())
    told = labels[is_called & is_known].sort_values("known_at", kind="stable")
    latest = told.drop_duplicates("transaction_id", keep="last")
    frauds = latest["transaction_id"][latest["is_fraud"]]
    return pd.Series(transaction_ids.isin(frauds).to_numpy(bool), pd.Index(transaction_ids))


def _newest_labelled(transactions: pd.DataFrame, labelled: "pd.Series[str]") -> pd.Timestamp | None:
    """Return when the newest of the transactions with these ids occurred; None where none of them is there.

    The newest are looked up first, some at a time: all at once would make an object of each id.
    """
    newest_first = np.argsort(transactions["occurred_at"].to_numpy(), kind="stable")[::-1]
    for begin in range(0, len(newest_first), LOOKED_UP):
        some = transactions.iloc[newest_first[begin : begin + LOOKED_UP]]
        found = labelled[labelled.isin(some["transaction_id"])]
        is_labelled = some["transaction_id"].isin(found)
        if is_labelled.any():
            newest: pd.Timestamp = some["occurred_at"][is_labelled].max()
            return newest
    return None


def _training_rows(
    features: pd.DataFrame, transactions: pd.DataFrame, labels: pd.DataFrame, windows: Windows
) -> LabelledRows:
    """Return the rows of the training window in order of time, fraud or not as it was known when judging began."""
    occurred = transactions["occurred_at"]
    chosen = transactions[(occurred >= windows.trained_from) & (occurred < windows.trained_until)]
    chosen = chosen.sort_values(["occurred_at", "transaction_id"], kind="stable")
    is_fraud = fraud_as_of(chosen["transaction_id"], labels, windows.judged_from).to_numpy(bool)
    _demand_frauds(is_fraud, "training", windows.trained_from, windows.trained_until)
    return LabelledRows(
        features=_features_of(features, transactions, chosen),
        is_fraud=is_fraud,
        occurred_at=pd.DatetimeIndex(chosen["occurred_at"]),
        customer=chosen["customer_id"].to_numpy(object),
        amount=chosen["amount"].to_numpy(np.float64),
    )


def _features_of(features: pd.DataFrame, transactions: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """Return the features of chosen transactions, as a view where they stand together: nothing is copied then."""
    if not features.index.equals(pd.Index(transactions["transaction_id"])):
        return features.loc[chosen["transaction_id"]]
    places = transactions.index.get_indexer(chosen.index)
    if len(places) and (np.diff(places) == 1).all():
        return features.iloc[places[0] : places[-1] + 1]
    return features.iloc[places]


def _demand_columns(features: pd.DataFrame, transactions: pd.DataFrame, labels: pd.DataFrame) -> None:
    for what, frame, names in (
        ("features", features, FEATURE_NAMES),
        ("transactions", transactions, ("transaction_id", "occurred_at", "customer_id", "amount")),
        ("labels", labels, ("transaction_id", "is_fraud", "known_at")),
    ):
        if missing := [name for name in names if name not in frame.columns]:
            raise ValueError(f"the {what} lack the column {', '.join(missing)}")


def _demand_frauds(is_fraud: Flags, what: str, begin: pd.Timestamp, end: pd.Timestamp) -> None:
    frauds = int(is_fraud.sum())
    if frauds < FEWEST_FRAUDS:
        raise TooLittleDataError(
            f"{frauds} known frauds in the {what} window {begin:%Y-%m-%d} to {end:%Y-%m-%d} are too few:"
            f" {FEWEST_FRAUDS} are needed, so load more labelled history"
        )
    if frauds == len(is_fraud):
        raise TooLittleDataError(
            f"all {frauds} rows of the {what} window are fraud: members learn from honest rows too"
        )
