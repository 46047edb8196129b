"""How many rows a second a panel scores, in a process of its own with one thread, beside its bare estimators."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

import pandas as pd
from sklearn.pipeline import Pipeline

from ml.fitting import FittedPanel, fit_panel
from ml.models import MEMBERS, Estimator
from ml.scoring import is_suspicious, score, score_members, with_reasons
from tests.benchmarks.labelled import part, read

SIZES = (500, 100_000)
"""A micro-batch in a quiet hour, and a bulk."""
SECONDS = 10
"""For each pair of ways at each size; at least three tries."""
BUDGET = 50.0


def bare(member: Estimator, x: pd.DataFrame) -> Callable[[], Any]:
    """Return the prediction of the estimator inside a member on rows that are encoded already."""
    inner: Any = member
    while hasattr(inner, "estimator"):
        inner = inner.estimator
    if not isinstance(inner, Pipeline):
        return lambda: inner.predict_proba(x)
    encoded = inner[:-1].transform(x)
    return lambda: inner[-1].predict_proba(encoded)


def ways(panel: FittedPanel, x: pd.DataFrame) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """Return what is timed: name -> (ours, the bare estimators alone)."""
    members: Mapping[str, Estimator] = panel.members
    thresholds = panel.thresholds(BUDGET, "unanimous")
    alone = {name: bare(member, x) for name, member in members.items()}

    def all_alone() -> None:
        for predict in alone.values():
            predict()

    def with_all() -> pd.DataFrame:
        verdicts = score(x, members, thresholds).verdicts
        is_told = is_suspicious(verdicts)
        return with_reasons(verdicts[is_told], x[is_told.array], members, thresholds)

    each = {
        name: ((lambda one=member: score_members(x, {"one": one})), alone[name]) for name, member in members.items()
    }
    return each | {
        "panel, scores": (lambda: score_members(x, members), all_alone),
        "panel, with votes, reasons and explanations": (with_all, all_alone),
    }


def main(file: str) -> None:
    """Fit a panel on all but the newest rows, score these, and print one line for each way and size."""
    rows = read(file)
    most = min(max(SIZES), len(rows) // 2)
    panel = fit_panel(part(rows, slice(None, -most)), tuple(MEMBERS), seed=7)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    for size in SIZES:
        x = rows.features.iloc[-min(size, most) :]
        for name, (ours, alone) in ways(panel, x).items():
            print(json.dumps({"of": name, "rows": len(x)} | _compare(ours, alone, len(x))), flush=True)


def _compare(ours: Callable[[], Any], alone: Callable[[], Any], rows: int) -> dict[str, Any]:
    """Time both in turn, so that a busy moment hits both; medians."""
    ours(), alone()
    times: list[tuple[float, float]] = []
    until = time.perf_counter() + SECONDS
    while len(times) < 3 or (time.perf_counter() < until and len(times) < 101):
        times.append((_seconds(ours), _seconds(alone)))
    mine, theirs = (median(pair[place] for pair in times) for place in (0, 1))
    return {
        "value": round(rows / mine),
        "milliseconds": round(1_000 * mine, 2),
        "baseline_bare_estimators_rows_per_second": round(rows / theirs),
        "times_the_bare_time": round(median(a / b for a, b in times), 2),
        "tries": len(times),
    }


def _seconds(action: Callable[[], Any]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(*sys.argv[1:])
