"""Answers of PostgreSQL as Grafana's data source hands them to a panel: columns with a type, wide over time."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.integration.grafana.questions import Answer

Json = dict[str, Any]
_TYPES = {"number": "number", "instant": "time"}


def columns_of(answer: Answer, form: str) -> list[Json]:
    """Return the columns of a frame.

    :param form: `table`, or `time_series`: then columns of text become labels, one column for each of their values.
    """
    texts = answer.of_kind("text") if form == "time_series" else []
    return _wide(answer, texts) if texts else list(_plain(answer))


def _plain(answer: Answer) -> Iterator[Json]:
    for name, kind in zip(answer.columns, answer.kinds, strict=True):
        values = [written(value) for value in answer.column(name)]
        yield {"name": name, "type": _TYPES.get(kind, "string"), "values": values}


def _wide(answer: Answer, texts: list[str]) -> list[Json]:
    """Return one column for each number and each set of labels; an instant that a set lacks is a null."""
    times = sorted(set(answer.column("time")))
    place = {time: index for index, time in enumerate(times)}
    found: dict[tuple[Any, ...], Json] = {}
    for row in answer.rows:
        said = dict(zip(answer.columns, row, strict=True))
        labels = {name: said[name] for name in texts}
        for number in answer.of_kind("number"):
            column = found.setdefault((*labels.values(), number), _empty(number, labels, len(times)))
            column["values"][place[said["time"]]] = written(said[number])
    time = {"name": "time", "type": "time", "values": [written(one) for one in times]}
    return [time, *(found[key] for key in sorted(found, key=str))]


def _empty(name: str, labels: dict[str, str], length: int) -> Json:
    return {"name": name, "type": "number", "labels": labels, "values": [None] * length}


def written(value: Any) -> float | int | str | None:
    """Return a value as JSON has it: instants in milliseconds since 1970."""
    if isinstance(value, datetime):
        return round(value.timestamp() * 1000)
    if isinstance(value, Decimal):
        return float(value)
    return value if value is None or isinstance(value, int | float | str) else str(value)
