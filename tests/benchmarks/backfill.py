"""Months of history scored by Airflow's backfill, beside the live path and row-at-a-time scoring of the same stack."""

import json
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from infra.local.leftovers import processes_of
from tests.benchmarks.stack import Clone, fresh_clone, wait_for

CUSTOMERS, MERCHANTS, DAYS = (int(number) for number in os.environ.get("WORLD", "12000,1500,120").split(","))
"""About one row for each customer and day."""
LIVE_ROWS = int(os.environ.get("LIVE_ROWS", "20000"))
ROW_AT_A_TIME = 300
AIM = "50,000 rows a second on 2 cores"
PARTS = """
    select count(*)::int as parts, sum(row_count)::int as rows, sum(reading_seconds) as reading,
        sum(features_seconds) as features, sum(scoring_seconds) as scoring, sum(writing_seconds) as writing
    from backfill_parts
"""
ACCOUNT = """
    select (select count(*) from transactions where occurred_at >= %s and occurred_at < %s)::int as rows,
        (select count(*) from backfill_scores)::int as scored,
        (select count(distinct transaction_id) from backfill_scores)::int as different,
        (select count(*) from alerts)::int as alerts
"""
LIVE = """
    select count(*)::int as rows, extract(epoch from max(v.scored_at) - min(t.landed_at))::float as seconds
    from verdicts v join transactions t using (transaction_id, occurred_at)
"""


def measure() -> Iterator[dict[str, Any]]:
    """Load a history, train a panel by Airflow, score the history with it, then the same panel's live path."""
    with fresh_clone() as clone:
        clone.make("up", "DEMO=0")
        live, since, until = _prepare(clone)
        yield _figure("through Airflow's backfill", aim=AIM) | _backfill(clone, since, until)
        yield _figure("baseline: row by row with mlflow.pyfunc and single inserts") | json.loads(
            clone.run_module("row_at_a_time", str(live), str(ROW_AT_A_TIME))
        )
        yield _figure("baseline: the live path, landed at replay's highest rate") | _live(clone, live)


def _prepare(clone: Clone) -> tuple[Path, str, str]:
    """Return the file of rows that have not landed, and from when to when the history lies."""
    file, live = clone.folder.parent / "world.parquet", clone.folder.parent / "live.parquet"
    size = ("--customers", str(CUSTOMERS), "--merchants", str(MERCHANTS), "--days", str(DAYS))
    clone.jikimi("simulate", *size, "--out", str(file))
    rows = pd.read_parquet(file).sort_values("occurred_at", kind="stable")
    until = rows["occurred_at"].iloc[-min(LIVE_ROWS, len(rows) // 4)]
    clone.jikimi("load", str(file), "--format", "canonical", "--until", until.isoformat())
    rows[rows["occurred_at"] >= until].to_parquet(live)
    clone.train_panel()
    clone.take_any_panel()
    return live, (rows["occurred_at"].iloc[0] - timedelta(days=1)).isoformat(), until.isoformat()


def _backfill(clone: Clone, since: str, until: str) -> dict[str, Any]:
    cpu, began = _cpu_seconds(clone), time.monotonic()
    done = json.loads(clone.jikimi("backfill", "--from", since, "--to", until, "--wait", "--json"))
    whole, cpu = time.monotonic() - began, _cpu_seconds(clone) - cpu
    parts = clone.ask(PARTS)[0]
    steps = {
        name: round(1e6 * float(parts[name]) / parts["rows"], 2)
        for name in ("reading", "features", "scoring", "writing")
    }
    return {
        "value": round(done["rows"] / done["seconds"]),
        "rows": done["rows"],
        "seconds": round(done["seconds"], 1),
        "seconds_of_the_whole_command": round(whole, 1),
        "rows_per_second_of_the_whole_command": round(done["rows"] / whole),
        "parts": parts["parts"],
        "wall_microseconds_a_row_of_each_step": steps,
        "cpu_microseconds_a_row_of_the_whole_stack": round(1e6 * cpu / done["rows"], 1),
        "account": clone.ask(ACCOUNT, since, until)[0],
    }


def _live(clone: Clone, live: Path) -> dict[str, Any]:
    clone.jikimi("replay", str(live), "--format", "canonical", "--rate", "10000")
    landed = clone.ask("select count(*) as n from landed_transactions l where l.batch_id is null")
    waiting = "select 1 from landed_transactions where batch_id is null union all"
    waiting += " select 1 from batches where state = 'validated' limit 1"
    wait_for(lambda: not clone.ask(waiting), 600)
    row = clone.ask(LIVE)[0]
    return {"value": round(row["rows"] / row["seconds"]), "rows": row["rows"], "waited_at_first": landed[0]["n"]}


def _cpu_seconds(clone: Clone) -> float:
    """Return what all processes of the stack have used, with the tasks that are over."""
    processes = {p.pid: p for one in processes_of(clone.home) for p in (one, *one.children(recursive=True))}
    times = [process.cpu_times() for process in processes.values()]
    return sum(each.user + each.system + each.children_user + each.children_system for each in times)


def _figure(path: str, **more: Any) -> dict[str, Any]:
    return {"measurement": "backfill", "figure": "rows_per_second", "path": path} | more
