"""A backfill from its wish to its end: what is asked for is checked, Airflow's runs are made, progress is told."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jikimi.exceptions import JikimiError, NoPanel
from jikimi.hooks.airflow_api import AirflowApi
from jikimi.store import backfills, panels
from jikimi.store.connection import Connection

DAG_ID = "score_history"
_SECONDS_BETWEEN_LOOKS = 1.0

Report = Callable[[float, float | None, str], None]


@dataclass(frozen=True)
class Backfill:
    """What was begun.

    :param rows: how many transactions occurred in `[since, until)` then.
    :param begun_at: the database's clock.
    """

    backfill_id: int
    panel_id: int
    since: datetime
    until: datetime
    rows: int
    begun_at: datetime


@dataclass(frozen=True)
class Outcome:
    """How it ended.

    :param seconds: from its beginning until the last row was written; 0 where none was.
    :param failed: ids of runs that did not succeed.
    """

    rows: int
    seconds: float
    failed: list[str]


def begin(
    api: AirflowApi, store: Connection, since: datetime, until: datetime, panel_id: int | None, runs_at_once: int
) -> Backfill:
    """Have Airflow score what occurred in `[since, until)` with a panel, or with the champion of this moment.

    :raises JikimiError: nothing occurred then, there is no such panel, the DAG is paused, or another backfill is not
        over.
    """
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    panel = _panel(store, panel_id)
    if not (rows := backfills.count_past(store, since, until)):
        raise JikimiError(
            f"no transaction occurred from {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} (UTC): "
            "choose another time, or load history first with `jikimi load`."
        )
    if api.is_paused(DAG_ID):
        raise JikimiError(f"the DAG {DAG_ID} is paused, so its runs would wait for ever: unpause it at {api.url}.")
    begun_at = backfills.clock(store)
    conf = {"panel_id": panel.panel_id, "since": since.isoformat(), "until": until.isoformat()}
    number = api.create_backfill(DAG_ID, *_months(since, until), conf, runs_at_once)
    return Backfill(number, panel.panel_id, since, until, rows, begun_at)


def follow(api: AirflowApi, store: Connection, backfill: Backfill, report: Report) -> Outcome:
    """Tell of the progress until the last run is over."""
    while True:
        is_closed = api.backfill(backfill.backfill_id)["completed_at"] is not None
        states = api.run_states(DAG_ID, *_months(backfill.since, backfill.until))
        is_over = is_closed or all(state in ("success", "failed") for state in states.values())
        done = backfills.progress_of(store, backfill.panel_id, backfill.since, backfill.until, backfill.begun_at)
        seconds = (done.newest - backfill.begun_at).total_seconds() if done.newest else 0.0
        report(done.rows, backfill.rows, f"{done.rows / seconds:,.0f} rows/s" if seconds else "")
        if is_over:
            if not is_closed:
                _close(api, backfill)
            return Outcome(done.rows, seconds, sorted(run for run, state in states.items() if state != "success"))
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _close(api: AirflowApi, backfill: Backfill) -> None:
    """Say that a backfill whose runs are over is over: Airflow takes up to 30 seconds, and refuses others so long."""
    with suppress(JikimiError):  # it noticed meanwhile
        api.cancel_backfill(backfill.backfill_id)


def _panel(store: Connection, panel_id: int | None) -> panels.Panel:
    if panel_id is not None:
        return panels.panel_to_be(store, panel_id)
    if (champion := panels.champion(store)) is None:
        raise NoPanel
    return champion


def _months(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """Return the logical dates of the first and the last run: the months in which the time lies."""
    first, last = (at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
                   for at in (since, until - timedelta(microseconds=1)))  # fmt: skip
    return first, last
