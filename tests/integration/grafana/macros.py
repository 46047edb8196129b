"""Expands a query as Grafana and its PostgreSQL data source do, so that it can run without a Grafana server.

Order and rules follow grafana/grafana, `pkg/tsdb/grafana-postgresql-datasource/macros.go`, and Grafana's variable
formats: variables in the browser, then comments, then the interval and epoch texts, then the macros.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

_MACRO = re.compile(r"\$([_a-zA-Z0-9]+)\(([^\)]*)\)")
_VARIABLE = re.compile(r"\$\{(\w+)(?::(\w+))?\}|\$(\w+)")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


class MacroError(Exception):
    """Grafana would refuse the query before the database sees it."""


@dataclass(frozen=True)
class Context:
    """What a dashboard knows when it asks.

    :param variables: name -> chosen values, or a text that is put in as it is (a custom "All" value).
    """

    start: datetime
    end: datetime
    interval: str = "1m"
    variables: Mapping[str, str | Sequence[str]] = field(default_factory=dict)


def expand(sql: str, context: Context) -> str:
    """Return the SQL that Grafana would send.

    :raises MacroError: an unknown macro, a macro without its arguments, an unknown variable format.
    """
    text = _COMMENT.sub("", _put_in_variables(sql, context))
    text = text.replace("$__interval_ms", str(round(seconds_of(context.interval) * 1000)))
    text = text.replace("$__interval", context.interval)
    text = text.replace("$__unixEpochFrom()", str(int(context.start.timestamp())))
    text = text.replace("$__unixEpochTo()", str(int(context.end.timestamp())))
    return _MACRO.sub(lambda match: _expand_macro(match, text, context), text)


def seconds_of(interval: str) -> float:
    """Return the seconds of an interval as Grafana writes it: `5s`, `1m`, `500ms`."""
    match = re.fullmatch(r"(\d+)(ms|[smhdw])", interval)
    if not match:
        raise MacroError(f"error parsing interval {interval}")
    return int(match[1]) * _UNITS[match[2]]


def _put_in_variables(sql: str, context: Context) -> str:
    def value_of(match: re.Match[str]) -> str:
        name = match[1] or match[3]
        if name not in context.variables:
            return match[0]
        return _formatted(context.variables[name], match[2])

    return _VARIABLE.sub(value_of, sql)


def _formatted(value: str | Sequence[str], form: str | None) -> str:
    if isinstance(value, str):
        return value
    # The data source quotes variables of several values by itself; `sqlstring` says it aloud.
    if form not in (None, "sqlstring"):
        raise MacroError(f"unknown variable format {form}")
    return ",".join("'" + text.replace("'", "''") + "'" for text in value)


def _expand_macro(match: re.Match[str], whole: str, context: Context) -> str:
    name, arguments = match[1], [text.strip(" ") for text in match[2].split(",")]
    if name == "__timeGroup" and whole[whole.index(match[0]) + len(match[0]) :].startswith(","):
        name = "__timeGroupAlias"
    for plain in ("__timeGroup", "__unixEpochGroup"):
        if name == f"{plain}Alias":
            return f'{_evaluate(plain, arguments, context)} AS "time"'
    return _evaluate(name, arguments, context)


def _evaluate(name: str, arguments: list[str], context: Context) -> str:
    column = arguments[0]
    start, end = _instant(context.start), _instant(context.end)
    first, last_one = int(context.start.timestamp()), int(context.end.timestamp())
    plain = {
        "__time": f'{column} AS "time"',
        "__timeEpoch": f'extract(epoch from {column}) as "time"',
        "__timeFilter": f"{column} BETWEEN '{start}' AND '{end}'",
        "__timeFrom": f"'{start}'",
        "__timeTo": f"'{end}'",
        "__unixEpochFilter": f"{column} >= {first} AND {column} <= {last_one}",
    }
    if name in plain:
        return plain[name]
    if name not in ("__timeGroup", "__unixEpochGroup"):
        raise MacroError(f'unknown macro "{name}"')
    if len(arguments) < 2:
        raise MacroError(f"macro {name} needs time column and interval and optional fill value")
    width = f"{seconds_of(arguments[1].strip(chr(39))):g}"
    inner = f"extract(epoch from {column})" if name == "__timeGroup" else f"({column})"
    return f"floor({inner}/{width})*{width}"


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".") + "Z"


def last(duration: timedelta, until: datetime, interval: str = "1m", **variables: str | Sequence[str]) -> Context:
    """Return the context of a dashboard that shows the `duration` before `until`."""
    return Context(until - duration, until, interval, variables)
