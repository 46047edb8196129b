"""The handbook's prequential protocol: fit, choose thresholds and measure, fold by fold."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from ml.backtest.history import History, demand_rows, history_of
from ml.backtest.protocol import DAY, BacktestError, FoldWindows, Protocol, lay_folds
from ml.backtest.results import FoldResult, Table
from ml.backtest.same_messages import at_same_messages
from ml.evaluation import JudgedRows, message_figures, probability_figures, ranking_figures
from ml.fitting import BrokenMemberError, FittedPanel, LabelledRows, TooLittleDataError, fit_panel
from ml.reference_models import REFERENCE_MODELS, fit_reference, reference_scores
from ml.scoring import score_members
from ml.voting import POLICIES, Policy, panel_score, says_fraud, votes

FEWEST_CARDS: Final = 100
Report = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Backtest:
    """What a backtest measured.

    :param rows: of the whole file, with `frauds` and `customers` among them and `unlabelled` rows taken as honest.
    """

    protocol: Protocol
    folds: tuple[FoldResult, ...]
    rows: int
    frauds: int
    customers: int
    unlabelled: int


def backtest(
    transactions: pd.DataFrame,
    labels: pd.DataFrame,
    protocol: Protocol,
    zone: str = "UTC",
    with_reference: bool = False,
    report: Report | None = None,
) -> Backtest:
    """Run prequential validation over a file.

    Fold k's first test day D is `first_test` plus k times `test_days`. It trains on the rows of `train_days` that end
    `delay_days` before D, with the labels known at the beginning of D, and is tested on the rows from D on. Ranking
    figures leave out the cards whose fraud was known on the test day (those with a fraud on the days from two delays
    before D until a day and a delay before the test day), unless `keep_known_cards`; message figures count every
    row, since every message is sent. Features are computed once over all rows, each from what was known at its own
    instant. The order of the rows means nothing. A fold in which nothing can be measured says why in its notes.
    Source: Reproducible Machine Learning for Credit Card Fraud Detection, chapter 5 (prequential validation).

    :param transactions: as `ml.features.compute_features` takes them.
    :param labels: `transaction_id`, `is_fraud`, `known_at`; a row without a label counts as honest.
    :param zone: time zone of nights and weekends.
    :param with_reference: fit the handbook's own models, too.
    :param report: called with how many folds are done, how many there are, and what is done now.
    :raises BacktestError: nothing at all could be measured; the message says what to do.
    """
    report = report or _say_nothing
    report(0, protocol.folds, "features")
    demand_rows(transactions, labels)
    windows = lay_folds(protocol, transactions["occurred_at"].min(), transactions["occurred_at"].max())
    history = history_of(transactions, labels, protocol.delay_days, zone)
    results = []
    for number, fold in enumerate(windows):
        report(number, protocol.folds, f"fold {number + 1}, tests from {fold.tested_from:%Y-%m-%d}")
        results.append(run_fold(history, fold, protocol, with_reference))
    report(protocol.folds, protocol.folds, "")
    if not any(result.panel for result in results):
        first = results[0]
        raise BacktestError(f"no fold could be measured; fold 1: {' '.join(first.notes)}")
    return Backtest(
        protocol=protocol,
        folds=tuple(results),
        rows=len(history),
        frauds=int(history.is_fraud.sum()),
        customers=int(pd.Series(history.customer).nunique()),
        unlabelled=len(history) - len(np.unique(history.label_row)),
    )


def run_fold(history: History, fold: FoldWindows, protocol: Protocol, with_reference: bool = False) -> FoldResult:
    """Train on a fold's past and measure its test rows."""
    training = history.training_rows(fold)
    features, rows = history.test_rows(fold, protocol.delay_days, protocol.keep_known_cards)
    result = FoldResult(
        windows=fold,
        training_rows=len(training),
        training_frauds=int(training.is_fraud.sum()),
        test_rows=len(rows),
        test_frauds=int(rows.is_fraud.sum()),
        known_card_rows=int(rows.is_known_card.sum()),
        notes=(*_shortfalls(history, fold), *_remarks(rows)),
    )
    if problem := _problem(training, rows):
        return replace(result, notes=(problem,))
    try:
        fitted = fit_panel(training, protocol.members, protocol.seed)
    except TooLittleDataError as error:
        return replace(result, notes=(f"{str(error).rstrip('.')}: choose more training days or a later first test.",))
    except BrokenMemberError as error:
        return replace(result, notes=(f"{str(error).partition(chr(10))[0].rstrip('.')}: leave that member out.",))
    reference = _reference(training, features, rows, protocol.seed) if with_reference else {}
    return replace(_measured(result, fitted, features, rows, protocol), reference=reference)


def _measured(
    result: FoldResult, fitted: FittedPanel, features: pd.DataFrame, rows: JudgedRows, protocol: Protocol
) -> FoldResult:
    scores = score_members(features, fitted.members)
    thresholds = {
        budget: {policy: fitted.thresholds(budget, policy) for policy in POLICIES} for budget in protocol.budgets
    }
    own = thresholds[protocol.messages_per_10k]
    values = {str(name): scores[name].to_numpy(np.float64) for name in scores}
    return replace(
        result,
        members={
            name: ranking_figures(rows, each) | probability_figures(rows.is_fraud, each)
            for name, each in values.items()
        },
        panel={policy: _panel_figures(fitted, scores, rows, own[policy], policy) for policy in POLICIES},
        same_messages={
            budget: at_same_messages(rows.is_fraud, scores, fitted.held_out_scores, chosen)
            for budget, chosen in thresholds.items()
        },
    )


def _panel_figures(
    fitted: FittedPanel, scores: pd.DataFrame, rows: JudgedRows, thresholds: dict[str, float], policy: Policy
) -> dict[str, float]:
    return (
        ranking_figures(rows, panel_score(scores).to_numpy(np.float64))
        | message_figures(rows, says_fraud(votes(scores, thresholds), policy).to_numpy(bool))
        | {"expected_messages_per_10k": fitted.expected_messages_per_10k(thresholds, policy)}
    )


def _reference(training: LabelledRows, features: pd.DataFrame, rows: JudgedRows, seed: int) -> Table:
    return {
        name: ranking_figures(rows, reference_scores(fit_reference(name, training, seed), features))
        for name in REFERENCE_MODELS
    }


def _problem(training: LabelledRows, rows: JudgedRows) -> str | None:
    """Say why nothing can be measured, or None."""
    frauds = int(training.is_fraud.sum())
    if not len(training):
        return "There is no row in the training window: choose more training days or a later first test."
    if not frauds:
        return f"None of {len(training):,} training rows was known as fraud: choose more training days."
    if frauds == len(training):
        return f"All {frauds:,} training rows are fraud: members learn from honest rows, too."
    if not len(rows):
        return "There is no row on its test days."
    return None


def _shortfalls(history: History, fold: FoldWindows) -> list[str]:
    first = history.occurred_at[0]
    if fold.trained_from >= first.floor("D"):
        return []
    asked, have = (fold.trained_until - begin for begin in (fold.trained_from, first))
    return [f"The file begins on {first:%Y-%m-%d}, so it trained on {have / DAY:.1f} days instead of {asked / DAY:g}."]


def _remarks(rows: JudgedRows) -> list[str]:
    """Say what the figures of these test rows cannot tell."""
    fresh = rows.only(~rows.is_known_card)
    remarks = []
    if missing := rows.days - len(np.unique(rows.day)):
        remarks.append(f"{missing:g} of its {rows.days:g} test days have no row.")
    if not fresh.is_fraud.any():
        remarks.append("No test row is fraud of a card that was not yet known, so nothing can be ranked.")
    if len(rows) and (cards := pd.Series(fresh.customer).nunique()) < FEWEST_CARDS:
        tested = "1 card is" if cards == 1 else f"{cards} cards are"
        remarks.append(f"Only {tested} tested: card precision@100 needs 100 of them on one day.")
    return remarks


def _say_nothing(done: int, total: int, note: str) -> None:
    """Report to nobody."""
