"""5,000 rows a second for minutes through real Airflow, beside row-at-a-time scoring with single inserts."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil

from tests.benchmarks.stack import ROOT, Clone, fresh_clone, wait_for

RATE = int(os.environ.get("RATE", "5000"))
SECONDS = int(os.environ.get("SECONDS", "300"))
CUSTOMERS, MERCHANTS, HISTORY_DAYS = (int(n) for n in os.environ.get("WORLD", "20000,2000,30").split(","))
LOOK_EVERY = 10
ROW_AT_A_TIME = 300
"""Rows for the baseline; its rate does not change with more."""
PROGRESS = """
    select coalesce(sum(valid_count + quarantined_count + repeated_count) filter (where state = 'scored'), 0) as done,
        count(*) filter (where state = 'scored') as batches
    from batches where source = 'live'
"""
RUNS = "select count(distinct run_id) as runs from batches where source = 'live'"


def measure() -> Iterator[dict[str, Any]]:
    """Load a history, train a panel by Airflow, land rows at the rate, and watch what waits."""
    with fresh_clone() as clone:
        clone.make("up", "DEMO=0")
        live = _prepare(clone)
        yield _row_at_a_time(clone, live)
        yield _sustained(clone, live)


def _prepare(clone: Clone) -> Path:
    """Return the file of rows that have not landed; history and panel are there."""
    file, live = clone.folder.parent / "world.parquet", clone.folder.parent / "live.parquet"
    # About one row for each customer and day.
    days = HISTORY_DAYS + 2 + RATE * SECONDS * 12 // 10 // CUSTOMERS
    size = ("--customers", str(CUSTOMERS), "--merchants", str(MERCHANTS), "--days", str(days))
    clone.jikimi("simulate", *size, "--out", str(file))
    rows = pd.read_parquet(file)
    begin = rows["occurred_at"].min() + timedelta(days=HISTORY_DAYS)
    clone.jikimi("load", str(file), "--format", "canonical", "--until", begin.isoformat())
    rows[rows["occurred_at"] >= begin].to_parquet(live)
    clone.train_panel()
    clone.take_any_panel()
    return live


def _row_at_a_time(clone: Clone, live: Path) -> dict[str, Any]:
    printed = clone.run_module("row_at_a_time", str(live), str(ROW_AT_A_TIME))
    what = {"path": "baseline: row by row with mlflow.pyfunc and single inserts, no Airflow"}
    return {"measurement": "throughput", "figure": "rows_per_second"} | what | json.loads(printed)


def _sustained(clone: Clone, live: Path) -> dict[str, Any]:
    words = [sys.executable, "-m", "tests.benchmarks.producer", str(live), str(RATE), str(SECONDS)]
    producer = subprocess.Popen(words, cwd=ROOT, env=clone.module_environment, stdout=subprocess.PIPE, text=True)
    assert producer.stdout is not None
    producer.stdout.readline()  # it has read its file
    began, looks = time.monotonic(), []
    psutil.cpu_percent()
    try:
        while (now := time.monotonic() - began) < SECONDS:
            time.sleep(max(0.0, min(LOOK_EVERY, SECONDS - now)))
            looks.append(_look(clone, time.monotonic() - began))
        landed = int(producer.communicate(timeout=60)[0])
    finally:
        producer.kill()
    wait_for(lambda: clone.ask(PROGRESS)[0]["done"] >= landed, 600)
    return _outcome(clone, looks, landed, time.monotonic() - began)


def _look(clone: Clone, seconds: float) -> dict[str, float]:
    done = int(clone.ask(PROGRESS)[0]["done"])
    return {"s": round(seconds), "waiting": round(seconds * RATE) - done, "cpu": psutil.cpu_percent()}


def _outcome(clone: Clone, looks: list[dict[str, float]], landed: int, until_all_was_done: float) -> dict[str, Any]:
    # The first looks see the backlog come to its level.
    settled = looks[len(looks) // 5 :]
    at, waiting = [look["s"] for look in settled], [look["waiting"] for look in settled]
    slope = float(np.polyfit(at, waiting, 1)[0]) if len(settled) > 1 else 0.0
    last = looks[-1]
    done = clone.ask(PROGRESS)[0]
    return {
        "measurement": "throughput",
        "figure": "rows_per_second",
        "path": "through Airflow: validation, features, all members, storage",
        "value": round((last["s"] * RATE - last["waiting"]) / last["s"]),
        "landed": landed,
        "landed_per_second": RATE,
        "seconds": last["s"],
        "seconds_until_the_last_row_was_scored": round(until_all_was_done),
        "backlog_slope_rows_per_second": round(slope, 1),
        "backlog_every_10_s": [look["waiting"] for look in looks],
        "cpu_percent_of_all_cores": round(sum(look["cpu"] for look in looks) / len(looks)),
        "runs": clone.ask(RUNS)[0]["runs"],
        "batches": done["batches"],
        "verdicts": clone.ask("select count(*) as n from verdicts where not is_shadow")[0]["n"],
        "aim": f"{RATE} rows a second with a flat backlog",
    }
