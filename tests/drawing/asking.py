"""Asks every query of a dashboard and returns what its page needs to draw it."""

from datetime import datetime, timedelta
from typing import Any

import psycopg

from tests.drawing.frames import columns_of, written
from tests.integration.grafana.macros import Context, last, seconds_of
from tests.integration.grafana.questions import Question, all_chosen, ask

Json = dict[str, Any]
_COLUMNS, _WIDTH = 24, 1600
_STEPS = "1s 2s 5s 10s 15s 20s 30s 1m 2m 5m 10m 15m 20m 30m 1h 2h 3h 6h 12h 1d".split()
_SPANS = {
    "en": {"m": "Last {} minutes", "h": "Last {} hours", "d": "Last {} days"},
    "ko": {"m": "최근 {}분", "h": "최근 {}시간", "d": "최근 {}일"},
}


def answers_of(connection: psycopg.Connection, dashboard: Json, language: str, now: datetime) -> Json:
    """Return a dashboard with the answers to its queries over the time range with which it opens.

    :raises MacroError: Grafana would refuse a query.
    :raises psycopg.Error: the database refuses a query.
    """
    span = dashboard["time"]["from"].removeprefix("now-")
    context = _last(span, now, all_chosen(dashboard))
    return {
        "title": dashboard["title"],
        "language": language,
        "from": written(context.start),
        "to": written(context.end),
        "range": _said(span, language),
        "variables": _variables(dashboard, language),
        "links": [link["title"] for link in dashboard["links"]],
        "panels": [_answered(connection, panel, context, language) for panel in dashboard["panels"]],
        "notes": _notes(connection, dashboard, context),
    }


def interval_of(panel: Json, span: timedelta) -> str:
    """Return the step that Grafana chooses: about a point a pixel, and not below the panel's own."""
    pixels = panel["gridPos"]["w"] * _WIDTH / _COLUMNS
    least = max(span.total_seconds() / pixels, seconds_of(panel.get("interval", "1s")))
    return next((step for step in _STEPS if seconds_of(step) >= least), _STEPS[-1])


def _last(span: str, now: datetime, variables: Json) -> Context:
    return last(timedelta(seconds=seconds_of(span)), now, **variables)


def _said(span: str, language: str) -> str:
    return _SPANS[language][span[-1]].format(span[:-1])


def _answered(connection: psycopg.Connection, panel: Json, context: Context, language: str) -> Json:
    if panel["type"] == "row":
        return panel
    if "timeFrom" in panel:
        context = _last(panel["timeFrom"], context.end, dict(context.variables))
        panel = panel | {"from": written(context.start), "range": _said(panel["timeFrom"], language)}
    (target,) = panel["targets"]
    question = Question(panel["title"], target["rawSql"], target["datasource"]["uid"], panel)
    interval = interval_of(panel, context.end - context.start)
    answer = ask(connection, question, Context(context.start, context.end, interval, context.variables))
    return panel | {"columns": columns_of(answer, target["format"])}


def _variables(dashboard: Json, language: str) -> list[Json]:
    chosen = {"query": {"en": "All", "ko": "전체"}[language], "textbox": ""}
    return [{"label": one["label"], "value": chosen[one["type"]]} for one in dashboard["templating"]["list"]]


def _notes(connection: psycopg.Connection, dashboard: Json, context: Context) -> list[Json]:
    notes = []
    for note in dashboard["annotations"]["list"]:
        answer = ask(connection, Question(note["name"], note["target"]["rawSql"], "jikimi"), context)
        times, texts = answer.column("time"), answer.column("text")
        notes += [
            {"time": written(time), "text": text, "color": note["iconColor"]}
            for time, text in zip(times, texts, strict=True)
        ]
    return notes
