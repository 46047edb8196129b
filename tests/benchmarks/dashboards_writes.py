"""Batches through the operators that Airflow runs, on a database with and on one without what dashboards add to it."""

import json
import os
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from jikimi.operators.batch import ScoreBatchOperator, ValidateBatchOperator
from jikimi.store.connection import open_store
from jikimi.store.counts import count_scored
from jikimi.store.landing import land
from ml.simulation import simulate
from tests.benchmarks.batch_cost_worlds import World, world
from tests.benchmarks.stage import fitted, milliseconds, promote_fitted

HISTORY, TRIES = int(os.environ.get("HISTORY", "300000")), int(os.environ.get("TRIES", "41"))
SIZES = (500, 5_000)
AIM_PERCENT = 5
# All that the migration adds to what scoring writes.
_WITHOUT = """
drop index verdicts_majority; drop index predictions_fraud; drop index batches_uncounted; drop index batches_held;
drop trigger alerts_are_described on alerts"""


def main(folder: str) -> None:
    """Print for each size what a batch costs in both, and what counting it later costs."""
    panel = fitted(*simulate(500, 100, 60, seed=7, end=datetime.now(UTC).replace(microsecond=0)))
    with ExitStack() as stack:
        both = [stack.enter_context(world(Path(folder), name, HISTORY)) for name in ("with", "without")]
        for each in both:
            _enter(each)
            promote_fitted(panel)
        with psycopg.connect(both[1].urls["owner"]) as owner:
            owner.execute(_WITHOUT.encode())
        for size in SIZES:
            print(json.dumps(_compare(both, size)), flush=True)


def _compare(both: list[World], size: int) -> dict[str, Any]:
    costs: dict[str, list[dict[str, float]]] = {each.name: [] for each in both}
    for number in range(TRIES + 1):
        # In turn and first by turns, so that a busy moment of the machine hits both; the first of each warms up.
        for each in both if number % 2 else both[::-1]:
            costs[each.name].append(_cost(each, size * 1_000 + number, size))
    pairs = list(zip(costs["with"][1:], costs["without"][1:], strict=True))
    slower = median(ours["batch"] / theirs["batch"] for ours, theirs in pairs)
    return {
        "rows": size,
        "tries": TRIES,
        "slower_percent": round(100 * (slower - 1), 2),
        "aim_percent": AIM_PERCENT,
        "batch_ms": round(median(ours["batch"] for ours, _ in pairs), 1),
        "baseline_without_ms": round(median(theirs["batch"] for _, theirs in pairs), 1),
        "counted_later_by_the_monitor_ms": round(median(ours["counting"] for ours, _ in pairs), 1),
    }


def _cost(each: World, number: int, rows: int) -> dict[str, float]:
    _enter(each)
    with psycopg.connect(each.urls["producer"]) as producer:
        land(producer, each.batch(number, rows))  # type: ignore[arg-type]
    batch = milliseconds(lambda: ValidateBatchOperator(task_id="v", batch_rows=rows).execute({"run_id": "b"}))
    batch += milliseconds(lambda: ScoreBatchOperator(task_id="s").execute({"run_id": "b"}))
    with open_store() as store:
        counting = milliseconds(lambda: count_scored(store)) if each.name == "with" else 0.0
    return {"batch": batch, "counting": counting}


def _enter(each: World) -> None:
    os.environ |= {"JIKIMI_DATABASE_URL": each.urls["jikimi"], "JIKIMI_HOME": str(each.home)}


if __name__ == "__main__":
    main(*sys.argv[1:])
