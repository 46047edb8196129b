"""Tables and JSON on stdout."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

_WIDEST = 400


def print_json(value: Any) -> None:
    """Print JSON; instants as ISO 8601."""
    typer.echo(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def print_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows as a table."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        # What a producer wrote must not steer the terminal.
        table.add_row(*(printable(row[column]) for column in columns))
    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        # A pipe has no width: an id that is broken in two cannot be found by grep.
        console.width = _WIDEST
    console.print(table)


def printable(value: Any) -> str:
    """Return a value as one line that is safe to print."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return "".join(character if character.isprintable() else "\ufffd" for character in str(value))


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
