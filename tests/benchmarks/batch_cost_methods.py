"""Batches through the operators that Airflow runs, on each database in turn, beside the former way to read windows."""

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import psycopg

from jikimi.operators.batch import ScoreBatchOperator, ValidateBatchOperator
from jikimi.store import columns, windows
from jikimi.store.connection import Connection, open_store
from jikimi.store.landing import land
from ml.features import NUMERIC_NAMES, compute_features
from ml.simulation import simulate
from tests.benchmarks.batch_cost_worlds import HERE, World, world
from tests.benchmarks.stage import LABEL_DELAY, fitted, milliseconds, promote_fitted

LITTLE, MUCH, BUSY = (int(n) for n in os.environ.get("HISTORY", "1000000,20000000,1000000").split(","))
ROWS, TRIES, FORMER_TRIES = 500, int(os.environ.get("TRIES", "21")), 3
AIMS = {"much history": 1.2, "a busy merchant": 1.5}


def main(folder: str) -> None:
    """Print what a batch costs in each world, then how often it costs what it does in the first one."""
    panel = fitted(*simulate(500, 100, 60, seed=7, end=datetime.now(UTC).replace(microsecond=0)))
    with ExitStack() as stack:
        sizes = {"little history": (LITTLE, 0), "much history": (MUCH, 0), "a busy merchant": (LITTLE, BUSY)}
        worlds = []
        for name, (rows, busy_rows) in sizes.items():
            began = time.perf_counter()
            worlds.append(stack.enter_context(world(Path(folder), name, rows, busy_rows)))
            _enter(worlds[-1])
            promote_fitted(panel)
            _call_nobody(worlds[-1])
            made = {"world": name, "rows": rows + busy_rows, "seconds": round(time.perf_counter() - began)}
            print(json.dumps({"figure": "history_written"} | made), flush=True)
        costs: dict[str, list[dict[str, float]]] = {each.name: [] for each in worlds}
        # In turn, so that a busy moment of the machine hits all of them; the first of each warms up.
        for number in range(TRIES + 1):
            for each in worlds:
                costs[each.name].append(_cost(each, number))
        _report(worlds, {name: tries[1:] for name, tries in costs.items()})


def _call_nobody(each: World) -> None:
    """Let no row be called fraud: how many reasons there are to tell is no matter of how much history there is.

    The panel learnt in another world, and called one row in seven fraud here, more where merchants are busier.
    """
    with psycopg.connect(each.urls["owner"]) as owner:
        owner.execute("update panel_members set threshold = 1")


def _report(worlds: list[World], costs: dict[str, list[dict[str, float]]]) -> None:
    middle = {name: {part: median(one[part] for one in tries) for part in tries[0]} for name, tries in costs.items()}
    base = middle[worlds[0].name]["value"]
    for each in worlds:
        mine = middle[each.name]
        line: dict[str, Any] = {"figure": "batch_ms", "world": each.name, "rows": ROWS, "tries": TRIES}
        line |= {part: round(milliseconds, 1) for part, milliseconds in mine.items()}
        if each.name in AIMS:
            line |= {"times_little_history": round(mine["value"] / base, 2), "aim": AIMS[each.name]}
        print(json.dumps(line | _beside_the_former_way(each)), flush=True)


def _cost(each: World, number: int) -> dict[str, float]:
    _enter(each)
    with psycopg.connect(each.urls["producer"]) as producer:
        land(producer, each.batch(number, ROWS))  # type: ignore[arg-type]
    validated = milliseconds(lambda: ValidateBatchOperator(task_id="v", batch_rows=ROWS).execute({"run_id": "b"}))
    scored = milliseconds(lambda: ScoreBatchOperator(task_id="s").execute({"run_id": "b"}))
    return {"value": validated + scored, "validate": validated, "score": scored}


def _beside_the_former_way(each: World) -> dict[str, Any]:
    """Read and compute the newest batch both ways: how long it takes, and how many values differ in any bit."""
    _enter(each)
    with open_store() as store:
        batch_id = store.execute("select max(batch_id) as newest from batches").fetchone()["newest"]  # type: ignore[index]
        ours, former = _features(store, batch_id, windows.window_of), _features(store, batch_id, _former_window)
        bits, former_bits = (frame[list(NUMERIC_NAMES)].to_numpy(np.float64).view(np.int64) for frame in (ours, former))
        return {
            "windows_and_features_ms": _typical(lambda: _features(store, batch_id, windows.window_of), TRIES),
            "baseline_former_way_ms": _typical(lambda: _features(store, batch_id, _former_window), FORMER_TRIES),
            "values_compared": bits.size,
            "values_different": int((bits != former_bits).sum()),
            "of_them_not_zero": int(np.count_nonzero(bits)),
        }


def _features(store: Connection, batch_id: int, window_of: Callable[..., windows.Window]) -> pd.DataFrame:
    window = window_of(store, [batch_id], LABEL_DELAY)
    ids = window.targets["transaction_id"].tolist()
    return compute_features(window.transactions, window.labels, ids, pd.Timedelta(LABEL_DELAY), counted=window.counted)


def _former_window(store: Connection, batch_ids: list[int], delay: Any) -> windows.Window:
    targets = windows._targets(store, batch_ids)
    bounds = windows._bounds(targets, delay)
    with patch.object(columns, "query", lambda name: (HERE / f"{name}.sql").read_bytes()):
        texts = ["transaction_id", "customer_id", "merchant_id"]
        history = columns.read_columns(
            store, "former_history", bounds, texts=texts, numbers=["amount"], instants=["occurred_at"]
        )
        labels = columns.read_columns(
            store, "former_labels", bounds, texts=texts[:1], integers=["is_fraud"], instants=["known_at"]
        )
    is_fraud = labels["is_fraud"] == 1
    return windows.Window(targets, windows._with_places(history, targets), labels.assign(is_fraud=is_fraud))


def _enter(each: World) -> None:
    os.environ |= {"JIKIMI_DATABASE_URL": each.urls["jikimi"], "JIKIMI_HOME": str(each.home)}


def _typical(action: Callable[[], Any], tries: int) -> float:
    return round(median(milliseconds(action) for _ in range(tries)), 1)


if __name__ == "__main__":
    main(*sys.argv[1:])
