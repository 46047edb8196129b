"""Every query of a dashboard, asked of a database, and what is wrong with the answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.integration.grafana.macros import Context, expand

Json = dict[str, Any]
_ALL = "$__all"
# One row per bar, slice or series, named by a column of text.
_NAMED = ("barchart", "bargauge", "piechart")
_KINDS = {
    **dict.fromkeys(("int2", "int4", "int8", "float4", "float8", "numeric"), "number"),
    **dict.fromkeys(("text", "varchar", "bpchar"), "text"),
    "timestamptz": "instant",
}


@dataclass(frozen=True)
class Question:
    """One query and who asks it."""

    asker: str
    sql: str
    data_source: str
    panel: Json | None = None


@dataclass(frozen=True)
class Answer:
    """The columns, their kinds (`number`, `text`, `instant`, or PostgreSQL's own name) and the rows that came back."""

    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def column(self, name: str) -> list[Any]:
        """Return the values of a column."""
        return [row[self.columns.index(name)] for row in self.rows]

    def of_kind(self, kind: str) -> list[str]:
        """Return the names of the columns of a kind."""
        return [name for name, its in zip(self.columns, self.kinds, strict=True) if its == kind]


def panels_of(dashboard: Json) -> list[Json]:
    """Return the panels that ask something."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def questions_of(dashboard: Json) -> Iterator[Question]:
    """Yield the query of every panel, variable and annotation."""
    for panel in panels_of(dashboard):
        for target in panel["targets"]:
            yield Question(panel["title"], target["rawSql"], target["datasource"]["uid"], panel)
    for variable in _asking(dashboard):
        yield Question(f"variable {variable['name']}", variable["query"], variable["datasource"]["uid"])
    for note in dashboard["annotations"]["list"]:
        yield Question(f"annotation {note['name']}", note["target"]["rawSql"], note["datasource"]["uid"])


def _asking(dashboard: Json) -> list[Json]:
    return [variable for variable in dashboard["templating"]["list"] if variable["type"] == "query"]


def all_chosen(dashboard: Json) -> dict[str, str | list[str]]:
    """Return the variables as they are when a person has chosen nothing: their custom "All" value, an empty text."""
    assert all(variable["current"]["value"] == [_ALL] for variable in _asking(dashboard))
    fields = {variable["name"] for variable in dashboard["templating"]["list"] if variable["type"] == "textbox"}
    return {variable["name"]: variable["allValue"] for variable in _asking(dashboard)} | {name: [""] for name in fields}


def ask(connection: psycopg.Connection, question: Question, context: Context) -> Answer:
    """Run a query as Grafana would.

    :raises MacroError: Grafana would refuse it.
    :raises psycopg.Error: the database refuses it.
    """
    cursor = connection.execute(expand(question.sql, context).encode())
    described = cursor.description or []
    types = [connection.adapters.types[column.type_code].name for column in described]
    kinds = tuple(_KINDS.get(name, name) for name in types)
    return Answer(tuple(column.name for column in described), kinds, cursor.fetchall())


def faults(panel: Json, answer: Answer, *, is_empty: bool = False) -> list[str]:
    """Return what the panel could not draw.

    :param is_empty: the tables hold nothing, so a panel whose `noValue` is "0" must have got its zeros.
    """
    found = [f"column {name} comes twice" for name in set(answer.columns) if answer.columns.count(name) > 1]
    found += [f"override of {name}, which is no column" for name in _overridden(panel) if name not in answer.columns]
    found += _unnamed_faults(panel, answer) + _shape_faults(panel, answer)
    if is_empty and panel["fieldConfig"]["defaults"]["noValue"] == "0":
        found += _zero_faults(answer)
    return found


def _overridden(panel: Json) -> list[str]:
    matchers = [override["matcher"] for override in panel["fieldConfig"]["overrides"]]
    return [matcher["options"] for matcher in matchers if matcher["id"] == "byName"]


def _unnamed_faults(panel: Json, answer: Answer) -> list[str]:
    """Return the columns of a table that have no name in the reader's language."""
    if panel["type"] != "table" or panel.get("transformations"):
        return []
    return [f"column {name} has no name" for name in answer.columns if name not in _overridden(panel)]


def _shape_faults(panel: Json, answer: Answer) -> list[str]:
    kind = panel["type"]
    if kind == "timeseries":
        return _time_faults(answer)
    if kind == "stat":
        is_one = len(answer.rows) == 1 and answer.kinds == ("number",)
        return [] if is_one else ["a stat needs one row with one number"]
    if kind == "geomap":
        location = panel["options"]["layers"][0]["location"]
        wanted = (location["latitude"], location["longitude"], "amount")
        return [f"no column {name} of numbers" for name in wanted if name not in answer.of_kind("number")]
    if kind in _NAMED:
        return _name_faults(panel, answer)
    if panel.get("transformations"):
        return _matrix_faults(panel, answer)
    return [] if kind == "table" else [f"nobody checks panels of the kind {kind}"]


def _matrix_faults(panel: Json, answer: Answer) -> list[str]:
    fields = panel["transformations"][0]["options"]
    wanted = [fields[name] for name in ("rowField", "columnField", "valueField")]
    found = [f"the matrix needs a column {name}" for name in wanted if name not in answer.columns]
    pairs = [row[:2] for row in answer.rows]
    return found or ([] if len(pairs) == len(set(pairs)) else ["a cell of the matrix comes twice"])


def _time_faults(answer: Answer) -> list[str]:
    if "time" not in answer.of_kind("instant"):
        return ["a time series needs a column time of instants"]
    found = [] if answer.column("time") == sorted(answer.column("time")) else ["time is not sorted"]
    return found if answer.of_kind("number") else [*found, "a time series needs a column of numbers"]


def _name_faults(panel: Json, answer: Answer) -> list[str]:
    if not answer.of_kind("number"):
        return ["no column of numbers"]
    by_row = panel["options"].get("reduceOptions", {"values": True})["values"]
    if not by_row:
        return [] if len(answer.rows) == 1 else ["slices from columns need one row"]
    texts = answer.of_kind("text")
    return [] if len(texts) == 1 and None not in answer.column(texts[0]) else ["each row needs one name"]


def _zero_faults(answer: Answer) -> list[str]:
    values = [value for name in answer.of_kind("number") for value in answer.column(name)]
    return [] if values and all(value == 0 for value in values) else ["no zeros on empty tables"]
