"""A backtest as plain values for JSON; what could not be computed is None."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ml.backtest.results import FoldResult, Summary, Table, summarise_all
from ml.backtest.running import Backtest

Plain = dict[str, Any]


def as_plain(measured: Backtest) -> Plain:
    """Return the figures as name -> measure -> mean, std and folds, and how they were measured.

    :return: `members`, `panel` (policy -> measures), `same_messages` at the budget, `same_messages_at_budget` (that
        and looser ones), `reference` (where it was asked for) and `protocol`; no NaN, instants as ISO 8601.
    """
    folds = measured.folds
    by_budget = {
        budget: _plain([fold.same_messages.get(budget, {}) for fold in folds]) for budget in measured.protocol.budgets
    }
    reference = _plain([fold.reference for fold in folds])
    return {
        "members": _plain([fold.members for fold in folds]),
        "panel": _plain([fold.panel for fold in folds]),
        "same_messages": by_budget[measured.protocol.budgets[0]],
        "same_messages_at_budget": {f"{budget:g}": table for budget, table in by_budget.items()},
        **({"reference": reference} if reference else {}),
        "protocol": _protocol(measured),
    }


def _plain(tables: Sequence[Table]) -> Plain:
    return {
        name: {measure: _summary(each) for measure, each in measures.items()}
        for name, measures in summarise_all(tables).items()
    }


def _summary(summary: Summary) -> Plain:
    return {"mean": _number(summary.mean), "std": _number(summary.std), "folds": [_number(v) for v in summary.folds]}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _protocol(measured: Backtest) -> Plain:
    counted = ("rows", "frauds", "customers", "unlabelled")
    settings = asdict(measured.protocol) | {"first_test": measured.protocol.first_test.isoformat()}
    return (
        {name: getattr(measured, name) for name in counted}
        | {"settings": settings | {"members": list(measured.protocol.members)}}
        | {"folds": [_fold(fold) for fold in measured.folds]}
    )


def _fold(fold: FoldResult) -> Plain:
    counted = ("training_rows", "training_frauds", "test_rows", "test_frauds", "known_card_rows")
    windows = {name: instant.isoformat() for name, instant in asdict(fold.windows).items()}
    return windows | {name: getattr(fold, name) for name in counted} | {"notes": list(fold.notes)}
