"""What `latency` asks of a running stack: seconds by step, runs and events, CPU; and the ways it is compared with."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psutil
import psycopg
import requests
from psycopg.rows import dict_row

from infra.local.demo_plan import DEMO_FILE, live_from
from infra.local.leftovers import processes_of
from infra.local.services import airflow_environment
from tests.benchmarks.stack import ROOT, Clone

POLLING = "poll_transactions"
POLLING_DAG = '''
"""The usual way: a DAG that looks once a minute, with the same three operators."""

from datetime import timedelta

from airflow.sdk import DAG

from jikimi.operators.alerts import SendAlertsOperator
from jikimi.operators.batch import ScoreBatchOperator, ValidateBatchOperator

with DAG(
    dag_id="poll_transactions",
    schedule="* * * * *",
    catchup=False,
    max_active_runs=2,
    is_paused_upon_creation=True,
    default_args={"retries": 3, "retry_delay": timedelta(seconds=2)},
):
    validate_batch = ValidateBatchOperator(task_id="validate_batch")
    score_batch = ScoreBatchOperator.partial(task_id="score_batch").expand(batch_ids=validate_batch.output)
    score_batch >> SendAlertsOperator(task_id="send_alerts", trigger_rule="none_failed")
'''
_QUANTILES = "array[0.5, 0.95, 0.99]) within group (order by extract(epoch from"
_ALERTS = f"""
    select count(*) as messages,
        percentile_cont({_QUANTILES} a.accepted_at - t.landed_at)) as landed_to_accepted,
        percentile_cont({_QUANTILES} b.claimed_at - t.landed_at)) as landed_to_claimed,
        percentile_cont({_QUANTILES} b.validated_at - b.claimed_at)) as claimed_to_validated,
        percentile_cont({_QUANTILES} b.scored_at - b.validated_at)) as validated_to_scored,
        percentile_cont({_QUANTILES} a.accepted_at - b.scored_at)) as scored_to_accepted
    from alerts a join transactions t using (transaction_id) join batches b on b.batch_id = t.batch_id
    where t.landed_at between to_timestamp(%s) and to_timestamp(%s) and a.accepted_at is not null
"""
_ROWS = f"""
    select count(*) as rows, count(v.transaction_id) as scored,
        percentile_cont({_QUANTILES} v.scored_at - t.landed_at)) as landed_to_scored
    from transactions t left join verdicts v on v.transaction_id = t.transaction_id and not v.is_shadow
    where t.landed_at between to_timestamp(%s) and to_timestamp(%s)
"""
_RUNS = """
    select (select count(*) from dag_run where dag_id = any(%(dags)s)
            and run_after between to_timestamp(%(begin)s) and to_timestamp(%(end)s)) as runs,
        (select count(*) from asset_event e join asset a on a.id = e.asset_id where a.name = 'transactions_landed'
            and e.timestamp between to_timestamp(%(begin)s) and to_timestamp(%(end)s)) as asset_events
"""
STEPS = ("landed_to_claimed", "claimed_to_validated", "validated_to_scored", "scored_to_accepted")


def asked(clone: Clone, begin: float, end: float) -> dict[str, Any]:
    """Return the seconds of what landed between two instants, as p50, p95 and p99, whole and by step."""
    alerts, rows = clone.ask(_ALERTS, begin, end)[0], clone.ask(_ROWS, begin, end)[0]
    whole = dict(zip(("p50", "p95", "p99"), _rounded(alerts["landed_to_accepted"]), strict=True))
    steps = {step: _rounded(alerts[step]) for step in STEPS}
    steps["landed_to_scored_of_all_rows"] = _rounded(rows["landed_to_scored"])
    return whole | {"messages": alerts["messages"], "rows": rows["rows"], "scored": rows["scored"], "steps": steps}


def runs(clone: Clone, begin: float, end: float) -> dict[str, Any]:
    """Count runs and asset events between two instants."""
    values = {"dags": ["score_transactions", POLLING], "begin": begin, "end": end}
    with psycopg.connect(clone.settings.role_url("airflow", "airflow"), row_factory=dict_row) as connection:
        return dict(connection.execute(_RUNS, values).fetchone() or {})


def cpu_seconds(clone: Clone) -> float:
    """Return the CPU time of all processes of the stack, those that have ended included."""
    times = dict(member for process in processes_of(clone.home) for member in _family(process))
    # What has ended is counted by the process that waited for it.
    return sum(sum(each[:4]) for each in times.values())


def _family(process: psutil.Process) -> list[tuple[int, Any]]:
    """Return a process and all below it, each with its CPU times; what ends meanwhile is left out."""
    found = []
    with suppress(psutil.NoSuchProcess):
        for member in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                found.append((member.pid, member.cpu_times()))
    return found


@contextmanager
def replay(clone: Clone, rate: int) -> Iterator[None]:
    """Land the simulated rows at a rate; a later replay goes on where this one stops."""
    command = [str(clone.folder / ".venv/bin/jikimi"), "replay", str(clone.home / DEMO_FILE), "--format", "canonical"]
    command += ["--rate", str(rate), "--from", live_from(clone.home).isoformat()]
    # Its CPU is the producer's and not the stack's: it bears no mark of the stack.
    environment = clone.environment | {"JIKIMI_HOME": str(clone.home)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
        if process.poll() is not None:
            raise RuntimeError("the replay ended before its time: simulate more rows")
    finally:
        process.terminate()
        process.wait()


@contextmanager
def polling(clone: Clone) -> Iterator[None]:
    """Let the DAG that polls every minute do the work of `score_transactions`."""
    _pause(clone, "score_transactions", True)
    _pause(clone, POLLING, False)
    try:
        yield
    finally:
        _pause(clone, POLLING, True)


@contextmanager
def plain_loop(clone: Clone) -> Iterator[None]:
    """Do the same three steps in one bare process; what the hand-overs cost is the difference."""
    settings = clone.settings
    environment = clone.environment | settings.client_environment | airflow_environment(settings)
    environment |= {"PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}", "_AIRFLOW_PROCESS_CONTEXT": "server"}
    command = [sys.executable, "-m", "tests.benchmarks.plain_loop"]
    loop = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
        if loop.poll() is not None:
            raise RuntimeError("the bare loop ended before its time")
    finally:
        loop.terminate()
        loop.wait()


def _pause(clone: Clone, dag_id: str, is_paused: bool) -> None:
    base, password = clone.settings.url("airflow"), clone.settings.secrets["airflow_admin"]
    token = requests.post(f"{base}/auth/token", json={"username": "admin", "password": password}, timeout=30)
    headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
    body = {"is_paused": is_paused}
    requests.patch(f"{base}/api/v2/dags/{dag_id}", json=body, headers=headers, timeout=30).raise_for_status()


def _rounded(values: list[Any] | None) -> list[float | None]:
    return [None] * 3 if values is None else [round(float(value), 2) for value in values]


def wait(seconds: float) -> tuple[float, float]:
    """Let the stack run and return when that began and ended."""
    begin = time.time()
    time.sleep(seconds)
    return begin, time.time()


def seconds(name: str, default: float) -> float:
    """Return a length from the environment, for shorter tries."""
    return float(os.environ.get(name, default))
