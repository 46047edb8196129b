"""The demonstration: simulated history, a first panel trained by Airflow, and live transactions."""

import os
import time
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from infra.local.demo_plan import DEMO_FILE, LIVE_DAYS, demo_end, live_from
from infra.local.stack import Say, Stack, StackError
from jikimi.exceptions import StoreUnavailable
from jikimi.store import alerts, batches, panels, positions
from jikimi.store.connection import Connection, open_store

FIRST_TRAIN_DAYS = 28
"""Of the 90 there are: whoever tries Jikimi waits for this training, and the weekly one takes all of them."""


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
    with _store(stack) as store:
        if panels.champion(store):
            say("a champion panel is there: no training needed")
            return
    run_id = stack.airflow.start_run("train_panel", {"train_days": FIRST_TRAIN_DAYS})
    say(f"Airflow trains the first panel: run {run_id} of the DAG train_panel")
    while (state := stack.airflow.run_state("train_panel", run_id)) in ("queued", "running"):
        time.sleep(1)
    if state != "success":
        raise StackError(f"the training ended as {state}: see the run {run_id} in Airflow's DAG train_panel.")
    with _store(stack) as store:
        if panels.champion(store) is None:
            raise StackError(_refusal(panels.list_panels(store, 1)))


def _refusal(newest: list[dict[str, Any]]) -> str:
    if not newest:
        return "the training left no panel: see the DAG train_panel in Airflow."
    panel_id, decision = newest[0]["panel_id"], newest[0]["decision"]
    return (
        f"the gate refused the first panel, so nobody votes. {decision} Give JIKIMI_MESSAGES_PER_10K a larger budget "
        "and run `make up` again. Or take the panel as it is, in a stack without the demonstration: `make up DEMO=0`, "
        f'`jikimi panel promote {panel_id} --force --reason "…"`, `make down`, `make up`.'
    )


def replay_live(stack: Stack, say: Say, seconds: float = 120) -> None:
    """Start the replay and wait until a live batch was scored; tell where all its rows have landed before."""
    with _store(stack) as store:
        if positions.is_finished(store, DEMO_FILE.rsplit("/", 1)[-1], "replay"):
            say("all transactions of the demo have landed before: `make reset` begins anew, or land rows of your own")
            return
        stack.manager.start_service("replay")
        since, deadline = datetime.now(UTC), time.monotonic() + seconds
        while not batches.is_scored_since(store, since):
            if time.monotonic() > deadline:
                raise StackError(
                    f"no live batch was scored within {seconds:.0f} s: see Airflow's DAG score_transactions."
                )
            time.sleep(0.5)
    say("the first live batch is scored")


def first_message(stack: Stack) -> datetime | None:
    """Return when the first message was accepted; None too while the database is away."""
    try:
        with _store(stack) as store:
            return alerts.first_accepted_at(store)
    except StoreUnavailable:
        return None


def _store(stack: Stack) -> AbstractContextManager[Connection]:
    return open_store(stack.settings.role_url("jikimi", "jikimi"))
