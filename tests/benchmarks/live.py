"""From `make up` to the first message, the latency at 20 rows a second, the memory; each beside a baseline."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import psutil

from tests.benchmarks.stack import ROOT, Clone, fresh_clone, wait_for

MINUTES = float(os.environ.get("MINUTES", "5"))
LATENCY = """
    select count(*) as messages,
        percentile_cont(0.5) within group (order by extract(epoch from a.accepted_at - t.landed_at)) as p50,
        percentile_cont(0.95) within group (order by extract(epoch from a.accepted_at - t.landed_at)) as p95
    from alerts a join transactions t using (transaction_id)
    where t.landed_at between to_timestamp(%s) and to_timestamp(%s) and a.accepted_at is not null
"""
SCORED = """
    select count(*) as scored, extract(epoch from max(t.landed_at) - min(t.landed_at)) as seconds
    from verdicts v join transactions t using (transaction_id)
    where t.landed_at between to_timestamp(%s) and to_timestamp(%s)
"""


def measure() -> Iterator[dict[str, Any]]:
    """Measure a fresh clone's demonstration."""
    with fresh_clone() as clone:
        yield from _start(clone)
        time.sleep(30)
        yield _latency(clone, "through Airflow")
        yield _memory(clone)
        yield _latency_of_plain_loop(clone)


def _start(clone: Clone) -> Iterator[dict[str, Any]]:
    started = time.monotonic()
    packages = clone.make("down")  # there is nothing to stop yet: it only installs the packages
    clone.make("up")
    scored = time.monotonic() - started
    wait_for(lambda: clone.ask("select 1 from alerts where accepted_at is not null limit 1"), 300)
    parts = {"baseline_packages_alone_s": round(packages, 1), "until_first_live_batch_s": round(scored, 1)}
    yield _figure("make_up_to_first_message_s", time.monotonic() - started, aim=180, **parts)


def _latency(clone: Clone, path: str) -> dict[str, Any]:
    begin = time.time()
    time.sleep(MINUTES * 60)
    end = time.time() - 10
    row, scored = clone.ask(LATENCY, begin, end)[0], clone.ask(SCORED, begin, end)[0]
    return {
        "measurement": "live",
        "figure": "landed_to_accepted_s",
        "path": path,
        "p50": _rounded(row["p50"]),
        "p95": _rounded(row["p95"]),
        "messages": row["messages"],
        "rows_per_second": _rounded(float(scored["scored"]) / float(scored["seconds"] or 1)),
        "aim": "p50 under 3 s",
    }


def _memory(clone: Clone) -> dict[str, Any]:
    stack = clone.memory_mb()
    with_defaults = _memory_of_default_mlflow(clone)
    return _figure("memory_pss_mb", stack, aim=3500, baseline_mlflow_alone_with_its_defaults_mb=with_defaults)


def _memory_of_default_mlflow(clone: Clone) -> int:
    """Return what MLflow's server alone takes as it comes: the greatest part of such a stack with defaults."""
    command = [str(clone.folder / ".venv/bin/mlflow"), "server", "--port", "0", "--host", "127.0.0.1"]
    command += ["--backend-store-uri", f"sqlite:///{clone.folder.parent}/mlflow.db"]
    server = subprocess.Popen(command, cwd=clone.folder.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(45)
        family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
        return round(sum(process.memory_full_info().pss for process in family) / 1e6)
    finally:
        for process in reversed([psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]):
            process.kill()
        server.wait()


def _latency_of_plain_loop(clone: Clone) -> dict[str, Any]:
    """Measure the same three steps in one bare process without Airflow: what the hand-overs cost is the difference."""
    from infra.local.manager import Manager

    manager = Manager(clone.settings)
    manager.stop_service("scheduler")
    environment = clone.environment | clone.settings.client_environment | _kakao(clone)
    environment |= {"PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}", "AIRFLOW_HOME": str(clone.folder.parent / "airflow")}
    loop = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.plain_loop"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        time.sleep(30)
        return _latency(clone, "baseline: the same steps in a bare loop, no Airflow")
    finally:
        loop.terminate()
        loop.wait()


def _kakao(clone: Clone) -> dict[str, str]:
    secrets, url = clone.settings.secrets, clone.settings.url("sandbox")
    connection = {"conn_type": "kakao", "login": secrets["kakao_key"], "password": secrets["kakao_secret"]}
    connection["extra"] = json.dumps({"auth_url": url, "api_url": url, "refresh_token": "kept in the vault"})
    return {"AIRFLOW_CONN_KAKAO_DEFAULT": json.dumps(connection)}


def _figure(name: str, value: float, **more: Any) -> dict[str, Any]:
    return {"measurement": "live", "figure": name, "value": round(value, 1)} | more


def _rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), 2)
