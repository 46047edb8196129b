"""One way to train on all rows, in a process of its own: how long it takes and how much memory."""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from ml.fitting import LabelledRows, fit_panel
from ml.models import MEMBERS
from ml.reference_models import fit_reference
from tests.benchmarks.feature_methods import memory_mb
from tests.benchmarks.labelled import read

SEED = 7


def panel(rows: LabelledRows) -> None:
    """Train as Jikimi does: each member twice, because its calibration comes from rows that it has not seen."""
    fit_panel(rows, tuple(MEMBERS), SEED)


def members_once(rows: LabelledRows) -> None:
    """Fit each member once on all rows, without calibration and without rows for thresholds."""
    for member in MEMBERS.values():
        member(SEED).fit(rows.features, rows.is_fraud)


def bare_xgboost(rows: LabelledRows) -> None:
    """Fit the handbook's XGBoost on its 15 features."""
    fit_reference("reference_xgboost", rows, SEED)


METHODS: dict[str, Callable[[LabelledRows], None]] = {
    "the panel": panel,
    "its members, each fitted once": members_once,
    "the handbook's XGBoost": bare_xgboost,
}


def main(method: str, file: str) -> None:
    """Train, and print what it took."""
    rows = read(file)
    with_input, began, used = memory_mb(), time.perf_counter(), time.process_time()
    METHODS[method](rows)
    figure: dict[str, Any] = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - used}
    figure |= {"rows": len(rows), "frauds": int(rows.is_fraud.sum())}
    print(json.dumps(figure | {"peak_rss_mb": memory_mb(), "rss_with_the_input_mb": with_input}))


if __name__ == "__main__":
    main(*sys.argv[1:])
