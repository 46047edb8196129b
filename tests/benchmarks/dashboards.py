"""Grafana's queries over a month of ten million predictions, and what their sums cost the path of a transaction."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from tests.benchmarks.dashboards_queries import Asked, answer, former, of_dashboards, of_rules, time
from tests.benchmarks.dashboards_world import PREDICTIONS, count_as_the_monitor_does, world
from tests.benchmarks.features import ONE_THREAD
from tests.benchmarks.training import run

AIM_MS = 200
TRIES, FORMER_TRIES = 20, 3
KEPT = 15
"""So many of the slowest go onto the page; all of them are printed."""
Figure = dict[str, Any]


@dataclass(frozen=True)
class Timed:
    """A query and how long it took, in milliseconds."""

    asked: Asked
    p50: float
    p95: float
    rows: int

    def figure(self) -> Figure:
        """Return the line that is printed."""
        who = {"query": self.asked.name, "of": self.asked.where, "range": self.asked.range}
        return who | {"p50": round(self.p50, 1), "p95": round(self.p95, 1), "rows": self.rows}


def measure() -> Iterator[Figure]:
    """Measure every query, the slowest first, those that were mended beside what they were, then the write path."""
    with TemporaryDirectory(prefix="jikimi-bench-") as folder:
        Path(folder).chmod(0o755)
        with world(Path(folder)) as urls:
            yield _named("counting", count_as_the_monitor_does(urls))
            with psycopg.connect(urls["grafana"], autocommit=True) as grafana:
                yield from _queries(grafana)
    with TemporaryDirectory(prefix="jikimi-bench-") as folder:
        Path(folder).chmod(0o755)
        printed = run("dashboards_writes", folder, **ONE_THREAD, AIRFLOW_HOME=f"{folder}/airflow")
    for line in printed.splitlines():
        if line.startswith("{"):
            yield _named("write_path", json.loads(line))


def _queries(grafana: psycopg.Connection) -> Iterator[Figure]:
    asked = _once([*of_dashboards(timedelta(days=30)), *of_dashboards(), *of_rules()])
    timed = sorted((Timed(each, *time(grafana, each, TRIES)) for each in asked), key=lambda each: -each.p95)
    over = [each.asked.name for each in timed if each.p95 > AIM_MS]
    about = {"predictions": PREDICTIONS, "tries": TRIES, "slowest_p95": round(timed[0].p95, 1), "aim_p95": AIM_MS}
    yield _named("queries", {"queries": len(timed), "over_the_aim": over} | about)
    for each in timed[:KEPT]:
        yield _named("query_ms", each.figure() | {"aim_p95": AIM_MS})
    for each in timed[KEPT:]:
        print(json.dumps(_named("query_ms", each.figure())), flush=True)
    yield from _beside_what_they_were(grafana, timed)


def _beside_what_they_were(grafana: psycopg.Connection, timed: list[Timed]) -> Iterator[Figure]:
    """Ask the statements of before on the same rows: they count every row anew."""
    for each in timed:
        before = former(each.asked) if each.asked.range == "30 days" else None
        if before:
            p50, _, _ = time(grafana, before, FORMER_TRIES)
            is_same = answer(grafana, before) == answer(grafana, each.asked)
            beside = {"baseline_row_by_row_p50": round(p50, 1), "same_answer": is_same}
            yield _named("query_beside_row_by_row_ms", each.figure() | beside)


def _once(asked: list[Asked]) -> list[Asked]:
    """Leave out what two dashboards ask in the same words of the same time."""
    found = {(each.sql, each.context.end - each.context.start, each.context.interval): each for each in reversed(asked)}
    return list(found.values())


def _named(figure: str, values: Figure) -> Figure:
    return {"measurement": "dashboards", "figure": figure} | values
