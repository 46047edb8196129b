"""A backtest as tables for a terminal."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from jikimi.cli.tables import print_rows

if TYPE_CHECKING:
    from ml.backtest import Backtest, Summary

    Measures = Mapping[str, "Summary"]

_RANKING = {
    "AUC ROC": "auc_roc",
    "average precision": "average_precision",
    "card precision@100": "card_precision_at_100",
    "recall at 0.1 % FPR": "recall_at_fpr_0.001",
}
_MESSAGES = {
    "a day": "messages_per_day",
    "expected per 10k": "expected_messages_per_10k",
    "actual per 10k": "messages_per_10k",
    "false per 10k": "false_alarms_per_10k",
    "precision": "message_precision",
    "recall": "message_recall",
    "share of money": "amount_caught_share",
}
_SAME = {"messages per fold": "messages", "precision": "message_precision", "recall": "message_recall"}
_FEW_DIGITS = {"messages_per_day", "expected_messages_per_10k", "messages_per_10k", "false_alarms_per_10k", "messages"}


def print_backtest(measured: "Backtest") -> None:
    """Print the folds, how well members and panels rank, their messages, and what the vote adds."""
    from ml.backtest import summarise_all

    folds, budget = measured.folds, measured.protocol.messages_per_10k
    panels = summarise_all([fold.panel for fold in folds])
    ranked = summarise_all([fold.members for fold in folds]) | panels
    ranked |= summarise_all([fold.reference for fold in folds])
    _print_folds(measured)
    _print_table("Ranking: mean ± spread over the folds", ranked, _RANKING)
    title = f"Messages at a budget of {budget:g} per 10,000 active customers and day (expected: in the training rows)"
    _print_table(title, panels, _MESSAGES)
    for each in measured.protocol.budgets:
        title = f"The vote: as many messages as the unanimous panel sends at a budget of {each:g}"
        _print_table(title, summarise_all([fold.same_messages.get(each, {}) for fold in folds]), _SAME)


def _print_folds(measured: "Backtest") -> None:
    typer.echo(
        f"{measured.rows:,} rows, {measured.frauds:,} fraud, {measured.customers:,} customers"
        + (f"; {measured.unlabelled:,} rows have no label and count as honest" if measured.unlabelled else "")
    )
    rows = [
        {
            "fold": number,
            "trained on": f"{fold.windows.trained_from:%Y-%m-%d} – {fold.windows.trained_until:%Y-%m-%d}",
            "rows": f"{fold.training_rows:,}",
            "fraud": f"{fold.training_frauds:,}",
            "tested on": f"{fold.windows.tested_from:%Y-%m-%d} – {fold.windows.tested_until:%Y-%m-%d}",
            "rows tested": f"{fold.test_rows:,}",
            "fraud tested": f"{fold.test_frauds:,}",
            "of known cards": f"{fold.known_card_rows:,}",
        }
        for number, fold in enumerate(measured.folds, 1)
    ]
    print_rows(rows, list(rows[0]))
    for number, fold in enumerate(measured.folds, 1):
        for note in fold.notes:
            typer.echo(f"fold {number}: {note}")


def _print_table(title: str, table: "Mapping[str, Measures]", columns: Mapping[str, str]) -> None:
    typer.echo(f"\n{title}")
    rows = [
        {"": name} | {column: _cell(measures[measure], measure) for column, measure in columns.items()}
        for name, measures in table.items()
    ]
    print_rows(rows, ["", *columns])


def _cell(summary: "Summary", measure: str) -> str:
    if summary.measured == 0:
        return "n/a"
    digits = 1 if measure in _FEW_DIGITS else 3
    spread = "" if math.isnan(summary.std) else f" ± {summary.std:.{digits}f}"
    part = "" if summary.measured == len(summary.folds) else f" ({summary.measured} of {len(summary.folds)} folds)"
    return f"{summary.mean:.{digits}f}{spread}{part}"
