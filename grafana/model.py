"""Builds the pieces of Grafana's classic dashboard model from a few words each, in every language at once.

A text is {"en": …, "ko": …} until `spoken` chooses one. Queries and addresses hold the marks `@language@` (en),
`@suffix@` (what a uid of that language ends with) and `@other@` (what it ends with in the other language).
"""

from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]

DATA_SOURCE = {"type": "grafana-postgresql-datasource", "uid": "jikimi"}
_QUERIES = Path(__file__).parent / "queries"
_AXIS = Path(__file__).parent / "axis.sql"
LANGUAGES = {"en": "", "ko": "-ko"}
TEXTS = yaml.safe_load((Path(__file__).parent / "texts.yaml").read_text(encoding="utf-8"))
_COLUMNS = 24
# Otherwise a merchant named 3156 would read 3.16 K.
_TEXT_STAYS_TEXT = {"matcher": {"id": "byType", "options": "string"}, "properties": [{"id": "unit", "value": "string"}]}


def say(kind: str, name: str, place: int) -> Json:
    """Return the title (0), the description (1) or what stands for nothing (2) of a thing in every language."""
    return {language: TEXTS[kind][name][language][place] for language in LANGUAGES}


def spoken(made: Any, language: str) -> Any:
    """Return a dashboard, or a piece of it, in one language."""
    if isinstance(made, dict):
        if set(made) == set(LANGUAGES):
            return spoken(made[language], language)
        return {name: spoken(value, language) for name, value in made.items()}
    if isinstance(made, list):
        return [spoken(value, language) for value in made]
    return _marked(made, language) if isinstance(made, str) else made


def _marked(text: str, language: str) -> str:
    other = next(suffix for name, suffix in LANGUAGES.items() if name != language)
    marks = {"@language@": language, "@suffix@": LANGUAGES[language], "@other@": other}
    for mark, value in marks.items():
        text = text.replace(mark, value)
    return text


def sql(name: str) -> str:
    """Return a query of `queries/`, with the time axis where it holds the mark `@axis@`."""
    return _without_why(_QUERIES / f"{name}.sql").replace("@axis@", _without_why(_AXIS))


def _without_why(file: Path) -> str:
    """Return a statement without the line that says why."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


def panel(kind: str, number: int, query: str, unit: str) -> Json:
    """Return a panel without options; its texts are those of its query.

    :param number: its id, never to be reused: links and alert rules name it.
    """
    defaults = {"unit": unit, "noValue": say("queries", query, 2)}
    return {
        "id": number,
        "type": kind,
        "title": say("queries", query, 0),
        "description": say("queries", query, 1),
        "datasource": DATA_SOURCE,
        "targets": [target(query, "time_series" if kind == "timeseries" else "table")],
        "fieldConfig": {"defaults": defaults, "overrides": [_TEXT_STAYS_TEXT]},
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
    """Give one column of a panel properties of its own; `__` in a name stands for a dot, the last word counts."""
    overrides = made["fieldConfig"]["overrides"]
    matcher = {"id": "byName", "options": column}
    if not any(one["matcher"] == matcher for one in overrides):
        overrides.append({"matcher": matcher, "properties": []})
    own = next(one for one in overrides if one["matcher"] == matcher)
    values = {one["id"]: one["value"] for one in own["properties"]}
    values |= {name.replace("__", "."): value for name, value in properties.items()}
    own["properties"] = [{"id": name, "value": value} for name, value in values.items()]
    return made


def name_columns(made: Json, columns: str, label: str | None = None) -> Json:
    """Give columns the names that people read, and the units that their names promise.

    :param label: the column of text that tells apart several lines of one column of numbers.
    """
    for column in columns.split():
        words = dict(zip(LANGUAGES, TEXTS["columns"][column], strict=True))
        if label:
            words = {language: f"{word} ${{__field.labels.{label}}}" for language, word in words.items()}
        override(made, column, displayName=words, **_unit_of(column))
    return made


def _unit_of(column: str) -> Json:
    ends = {"_at": "dateTimeAsIso", "_share": "percentunit", "_seconds": "s"}
    # Numbers that are names are written without a comma.
    ends |= dict.fromkeys(("panel_id", "batch_id", "alert_id", "model_version"), "none")
    return next(({"unit": unit} for end, unit in ends.items() if column.endswith(end)), {})


def variable(name: str, column: str) -> Json:
    """Return a variable of several values whose options come from the query `variable_<name>`.

    :param column: "All" compares it with itself: that also works where the query has no options to offer.
    """
    query, known = f"variable_{name}", {"label": 0, "description": 1}
    return {
        "type": "query",
        "name": name,
        **{field: say("queries", query, place) for field, place in known.items()},
        "datasource": DATA_SOURCE,
        "query": sql(query),
        "refresh": 2,
        "sort": 0,
        "multi": True,
        "includeAll": True,
        "allValue": column,
        "allowCustomValue": False,
        "current": {"text": ["All"], "value": ["$__all"]},
    }


def textbox(name: str) -> Json:
    """Return a variable that people, or a link, fill with one value; empty means all."""
    words = {field: say("fields", name, place) for field, place in {"label": 0, "description": 1}.items()}
    return {"type": "textbox", "name": name, **words, "query": "", "current": {"text": "", "value": ""}, "hide": 0}


def annotation(name: str, color: str) -> Json:
    """Return marks on the time axis, one for each row of the query `annotation_<name>`."""
    query = f"annotation_{name}"
    asked = target(query, name="Anno") | {"limit": 100, "matchAny": False, "tags": [], "type": "tags"}
    shown = {"enable": True, "hide": False, "iconColor": color}
    return {"name": say("queries", query, 0), "datasource": DATA_SOURCE, **shown, "target": asked}


def section(number: int, name: str) -> Json:
    """Return a heading."""
    return {"id": number, "type": "row", "title": say("sections", name, 0), "collapsed": False, "panels": []}


def layout(*rows: tuple[int, list[Json]]) -> list[Json]:
    """Place rows of panels of one height below each other, each panel as wide as its neighbours."""
    placed, top = [], 0
    for height, panels in rows:
        edges = [round(_COLUMNS * place / len(panels)) for place in range(len(panels) + 1)]
        for made, left, right in zip(panels, edges, edges[1:], strict=False):
            placed.append({**made, "gridPos": {"x": left, "y": top, "w": right - left, "h": height}})
        top += height
    return placed


def dashboard(name: str, since: str, refresh: str, panels: list[Json], variables: list[Json]) -> Json:
    """Return a dashboard that nobody can edit in Grafana; its source is here.

    :param since: where its time range begins when it is opened, such as `now-6h`.
    """
    return {
        "uid": f"jikimi-{name}@suffix@",
        "title": say("dashboards", name, 0),
        "description": say("dashboards", name, 1),
        "tags": ["jikimi@suffix@"],
        "editable": False,
        "refresh": refresh,
        "time": {"from": since, "to": "now"},
        "timepicker": {"refresh_intervals": ["5s", "10s", "30s", "1m", "5m"]},
        "timezone": "browser",
        "graphTooltip": 1,
        "schemaVersion": 41,
        "links": [_siblings(), _other_language(name)],
        "templating": {"list": variables},
        "annotations": {"list": [annotation(kind, color) for kind, color in _NOTES.items()]},
        "panels": panels,
    }


_NOTES = {"promotions": "purple", "trainings": "blue", "drift_trainings": "orange"}
_LINK = {"icon": "external link", "keepTime": True, "targetBlank": False}


def _siblings() -> Json:
    told = say("sections", "siblings", 1)
    shown = {"title": say("sections", "siblings", 0), "tooltip": told, "includeVars": False, "asDropdown": True}
    return {**_LINK, **shown, "type": "dashboards", "tags": ["jikimi@suffix@"], "url": ""}


def _other_language(name: str) -> Json:
    told = say("sections", "other_language", 1)
    shown = {"title": say("sections", "other_language", 0), "tooltip": told, "includeVars": True, "asDropdown": False}
    return {**_LINK, **shown, "type": "link", "tags": [], "url": f"/d/jikimi-{name}@other@"}
