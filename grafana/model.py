"""Builds the pieces of Grafana's classic dashboard model from a few words each."""

from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]

DATA_SOURCE = {"type": "grafana-postgresql-datasource", "uid": "jikimi"}
_QUERIES = Path(__file__).parent / "queries"
TEXTS = yaml.safe_load((Path(__file__).parent / "texts.yaml").read_text(encoding="utf-8"))
_COLUMNS = 24
# Otherwise a merchant named 3156 would read 3.16 K.
_TEXT_STAYS_TEXT = {"matcher": {"id": "byType", "options": "string"}, "properties": [{"id": "unit", "value": "string"}]}


def sql(name: str) -> str:
    """Return a query of `queries/` without the line that says why."""
    lines = (_QUERIES / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


def panel(kind: str, number: int, query: str, unit: str) -> Json:
    """Return a panel without options; its texts are those of its query.

    :param number: its id, never to be reused: links and alert rules name it.
    """
    text = TEXTS[query]
    return {
        "id": number,
        "type": kind,
        "title": text["title"],
        "description": text["description"],
        "datasource": DATA_SOURCE,
        "targets": [target(query, "time_series" if kind == "timeseries" else "table")],
        "fieldConfig": {"defaults": {"unit": unit, "noValue": text["empty"]}, "overrides": [_TEXT_STAYS_TEXT]},
        "options": {},
    }


def target(query: str, form: str = "table", name: str = "A") -> Json:
    """Return a query as a panel holds it."""
    return {
        "refId": name,
        "datasource": DATA_SOURCE,
        "editorMode": "code",
        "rawQuery": True,
        "format": form,
        "rawSql": sql(query),
    }


def override(made: Json, column: str, **properties: Any) -> Json:
    """Give one column of a panel properties of its own; `__` in a name stands for a dot."""
    listed = [{"id": name.replace("__", "."), "value": value} for name, value in properties.items()]
    made["fieldConfig"]["overrides"].append({"matcher": {"id": "byName", "options": column}, "properties": listed})
    return made


def variable(name: str) -> Json:
    """Return a variable of several values whose options come from the query `variable_<name>`.

    "All" compares the column with itself: it also works where the query has no options to offer.
    """
    query, text = sql(f"variable_{name}"), TEXTS[f"variable_{name}"]
    return {
        "type": "query",
        "name": name,
        "label": text["title"],
        "description": text["description"],
        "datasource": DATA_SOURCE,
        "query": query,
        "refresh": 2,
        "sort": 0,
        "multi": True,
        "includeAll": True,
        "allValue": name,
        "allowCustomValue": False,
        "current": {"text": ["All"], "value": ["$__all"]},
    }


def annotation(name: str, color: str) -> Json:
    """Return marks on the time axis, one for each row of the query `annotation_<name>`."""
    query = f"annotation_{name}"
    asked = target(query, name="Anno") | {"limit": 100, "matchAny": False, "tags": [], "type": "tags"}
    shown = {"enable": True, "hide": False, "iconColor": color}
    return {"name": TEXTS[query]["title"], "datasource": DATA_SOURCE, **shown, "target": asked}


def section(number: int, title: str) -> Json:
    """Return a heading."""
    return {"id": number, "type": "row", "title": title, "collapsed": False, "panels": []}


def layout(*rows: tuple[int, list[Json]]) -> list[Json]:
    """Place rows of panels of one height below each other, each panel as wide as its neighbours."""
    placed, top = [], 0
    for height, panels in rows:
        edges = [round(_COLUMNS * place / len(panels)) for place in range(len(panels) + 1)]
        for made, left, right in zip(panels, edges, edges[1:], strict=False):
            placed.append({**made, "gridPos": {"x": left, "y": top, "w": right - left, "h": height}})
        top += height
    return placed


def dashboard(
    uid: str, title: str, description: str, panels: list[Json], variables: list[Json], notes: list[Json]
) -> Json:
    """Return a dashboard that nobody can edit in Grafana; its source is here."""
    return {
        "uid": uid,
        "title": title,
        "description": description,
        "tags": ["jikimi"],
        "editable": False,
        "refresh": "5s",
        "time": {"from": "now-15m", "to": "now"},
        "timepicker": {"refresh_intervals": ["5s", "10s", "30s", "1m", "5m"]},
        "timezone": "browser",
        "graphTooltip": 1,
        "schemaVersion": 41,
        "links": [_siblings()],
        "templating": {"list": variables},
        "annotations": {"list": notes},
        "panels": panels,
    }


def _siblings() -> Json:
    return {
        "title": "Jikimi",
        "type": "dashboards",
        "tags": ["jikimi"],
        "asDropdown": True,
        "icon": "external link",
        "includeVars": False,
        "keepTime": True,
        "targetBlank": False,
        "tooltip": "The other dashboards, at the same time range",
        "url": "",
    }
