"""A backtest as plain values for JSON; what could not be computed is None."""

import math
from dataclasses import asdict
from typing import Any

from ml.backtest.results import FoldResult, Summary, summarise_all
from ml.backtest.running import Backtest

Plain = dict[str, Any]


def as_plain(measured: Backtest) -> Plain:
    """Return the figures as name -> measure -> mean, std and folds, and how they were measured.

    :return: `members`, `panel` (policy -> measures), `same_messages`, `reference` (where it was asked for) and
        `protocol`; no NaN, instants as ISO 8601.
    """
    plain = {part: _plain(part, measured) for part in ("members", "panel", "same_messages", "reference")}
    if not plain["reference"]:
        del plain["reference"]
    return plain | {"protocol": _protocol(measured)}


def _plain(part: str, measured: Backtest) -> Plain:
    summaries = summarise_all([getattr(fold, part) for fold in measured.folds])
    return {
        name: {measure: _summary(each) for measure, each in measures.items()} for name, measures in summaries.items()
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
