"""One way to compute features, in a process of its own on one core: how long it takes and how much memory."""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa

from jikimi.files.formats import FORMATS
from jikimi.files.history_frame import History, read_history
from ml.features import compute_features
from tests.unit.ml.features.handbook import handbook_features

STATEMENT = Path(__file__).with_name("features.sql")


def ours(history: History) -> pd.DataFrame:
    """Compute all features by the one function."""
    return compute_features(history.transactions, history.labels)


def handbook_apply(history: History) -> pd.DataFrame:
    """Compute the handbook's 15 its own way."""
    return handbook_features(_labelled(history))


def duckdb_range(history: History) -> pd.DataFrame:
    """Compute the handbook's 15 by duckdb's window functions."""
    import duckdb

    transactions = _labelled(history).assign(occurred_at=lambda rows: rows["occurred_at"].dt.tz_localize(None))
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("transactions", transactions)
        return connection.execute(STATEMENT.read_text(encoding="utf-8")).df().set_index("transaction_id")


METHODS: dict[str, Callable[[History], pd.DataFrame]] = {
    "ours": ours,
    "pandas apply, as in the handbook": handbook_apply,
    "duckdb, window range": duckdb_range,
}


def _labelled(history: History) -> pd.DataFrame:
    return history.transactions.assign(is_fraud=history.labels["is_fraud"].astype("int8"))


def memory_mb() -> int:
    """Return the most memory that this process ever had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6)


def main(method: str, file: str, out: str) -> None:
    """Compute the features of a file in the handbook's format, write them, and print what it took."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    pa.set_cpu_count(1)
    history = read_history(Path(file), FORMATS["handbook"], timedelta(days=7))
    with_input, began, used = memory_mb(), time.perf_counter(), time.process_time()
    features = METHODS[method](history)
    figure = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - used}
    figure |= {"rows": len(features), "features": len(features.columns)}
    figure |= {"peak_rss_mb": memory_mb(), "rss_with_the_input_mb": with_input}
    features.to_parquet(out)
    print(json.dumps(figure))


if __name__ == "__main__":
    main(*sys.argv[1:])
