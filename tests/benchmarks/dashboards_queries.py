"""Every query of Grafana, asked as Grafana asks, and how long its whole answer takes to arrive."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import quantiles

import psycopg
import yaml

from grafana.model import sql
from tests.benchmarks.stage import milliseconds
from tests.integration.grafana.macros import Context, expand, last, seconds_of
from tests.integration.grafana.questions import all_chosen, questions_of

ROOT = Path(__file__).parents[2]
FORMER = Path(__file__).parent / "dashboards_former"
POINTS = 1_000
"""So many pixels wide is a panel on a large screen: it asks for no more steps than that."""
# Grafana's own steps, in seconds: the widest of which a range has no more than so many.
_STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400)
_NAMES = {sql(file.stem): file.stem for file in sorted((ROOT / "grafana/queries").glob("*.sql"))}


@dataclass(frozen=True)
class Asked:
    """One query at one time range.

    :param name: its file in `grafana/queries/`, or the title of what asks where the file holds marks.
    """

    name: str
    where: str
    range: str
    sql: str
    context: Context


def of_dashboards(duration: timedelta | None = None) -> Iterator[Asked]:
    """Yield each query of each dashboard once.

    :param duration: the time range; None for the one with which the dashboard opens.
    """
    for file in sorted((ROOT / "grafana/dashboards/en").glob("*.json")):
        dashboard = json.loads(file.read_text(encoding="utf-8"))
        opens = timedelta(seconds=seconds_of(dashboard["time"]["from"].removeprefix("now-")))
        for question in questions_of(dashboard):
            least = seconds_of((question.panel or {}).get("interval", "1s"))
            context = _context(duration or opens, least, **all_chosen(dashboard))
            name = _NAMES.get(question.sql, question.asker)
            yield Asked(name, file.stem, "30 days" if duration else "as it opens", question.sql, context)


def of_rules() -> Iterator[Asked]:
    """Yield the query of each alert rule, at its own time range."""
    file = ROOT / "grafana/provisioning/alerting/rules.yaml"
    for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]:
        for rule in group["rules"]:
            asked = rule["data"][0]
            window = timedelta(seconds=asked["relativeTimeRange"]["from"])
            yield Asked(rule["title"], "alert rule", "its own", asked["model"]["rawSql"], _context(window, 1))


def _context(duration: timedelta, least: float, **variables: str | list[str]) -> Context:
    wanted = max(duration.total_seconds() / POINTS, least)
    step = max((step for step in _STEPS if step <= wanted), default=1)
    return last(duration, datetime.now(UTC), f"{step}s", **variables)


def time(connection: psycopg.Connection, asked: Asked, tries: int) -> tuple[float, float, int]:
    """Return p50 and p95 in milliseconds, from sending to the last row's arrival, and how many rows came."""
    statement = expand(asked.sql, asked.context).encode()
    rows = connection.execute(statement).rowcount
    taken = [milliseconds(lambda: connection.execute(statement)) for _ in range(tries)]
    if tries < 2:
        return taken[0], taken[0], rows
    shares = quantiles(taken, n=20, method="inclusive")
    return shares[9], shares[18], rows


def answer(connection: psycopg.Connection, asked: Asked) -> list[tuple[object, ...]]:
    """Return the rows, numbers to nine digits: two ways of adding up differ in the last bits."""
    rows = connection.execute(expand(asked.sql, asked.context).encode()).fetchall()
    return [
        tuple(f"{value:.9g}" if isinstance(value, int | float | Decimal) else value for value in row) for row in rows
    ]


def former(asked: Asked) -> Asked | None:
    """Return the same question in the statement of before, where there is one; it counts every row anew."""
    file = FORMER / f"{asked.name}.sql"
    if not file.exists():
        return None
    text, axis = (each.read_text(encoding="utf-8") for each in (file, ROOT / "grafana/axis.sql"))
    return replace(asked, sql=re.sub(r"(?m)^--.*\n", "", text.replace("@axis@", axis)))
