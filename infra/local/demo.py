"""The demonstration: simulated history, a first panel trained by Airflow, and live transactions."""

import os
import time
from datetime import UTC, datetime

import psycopg
from psycopg.rows import TupleRow

from infra.local.demo_plan import DEMO_FILE, LIVE_DAYS, demo_end, live_from
from infra.local.stack import Say, Stack, StackError


def load_history(stack: Stack) -> None:
    """Simulate and load 90 days before the live ones; goes on where an earlier run was cut off."""
    file = stack.settings.home / DEMO_FILE
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        stack.run_jikimi("simulate", *_sizes(), "--end", demo_end(stack.settings.home).isoformat(), "--out", str(file))
    until = live_from(stack.settings.home).isoformat()
    stack.run_jikimi("load", str(file), "--format", "canonical", "--until", until, "--sandbox-contacts")


def _sizes() -> list[str]:
    customers = os.environ.get("JIKIMI_DEMO_CUSTOMERS", "5000")
    merchants = os.environ.get("JIKIMI_DEMO_MERCHANTS", "1000")
    days = int(os.environ.get("JIKIMI_DEMO_HISTORY_DAYS", "90")) + LIVE_DAYS
    return ["--customers", customers, "--merchants", merchants, "--days", str(days), "--seed", "7"]


def train_first_panel(stack: Stack, say: Say) -> None:
    """Have Airflow train and promote a panel, unless there is a champion."""
    if _ask(stack, "select 1 from panels where state = 'champion'"):
        say("a champion panel is there: no training needed")
        return
    run_id = stack.airflow.start_run("train_panel")
    say(f"Airflow trains the first panel: run {run_id} of the DAG train_panel")
    while (state := stack.airflow.run_state("train_panel", run_id)) in ("queued", "running"):
        time.sleep(1)
    if state != "success":
        raise StackError(f"the training ended as {state}: see the run {run_id} in Airflow's DAG train_panel.")


def wait_for_first_live_batch(stack: Stack, seconds: float = 120) -> None:
    """Wait until a live batch was scored after this moment."""
    since, deadline = datetime.now(UTC), time.monotonic() + seconds
    while not _ask(stack, "select 1 from batches where state = 'scored' and scored_at > %s limit 1", since):
        if time.monotonic() > deadline:
            raise StackError(
                f"no live batch was scored within {seconds:.0f} s: see the DAG score_transactions in Airflow."
            )
        time.sleep(0.5)


def first_message(stack: Stack) -> datetime | None:
    """Return when the first message was accepted."""
    rows = _ask(stack, "select min(accepted_at) from alerts having min(accepted_at) is not null")
    return rows[0][0] if rows else None


def _ask(stack: Stack, statement: str, *values: object) -> list[TupleRow]:
    with psycopg.connect(stack.settings.role_url("jikimi", "jikimi")) as connection:
        return connection.execute(statement, values).fetchall()
