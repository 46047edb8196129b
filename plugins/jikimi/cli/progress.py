"""Progress on stderr: a bar on a terminal, a line now and then in a log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

_SECONDS_BETWEEN_LINES = 30


class Report(Protocol):
    """Takes how far the work is."""

    def __call__(self, done: float, total: float | None, note: str = "") -> None:
        """Show it."""


@contextmanager
def progress(title: str) -> Iterator[Report]:
    """Give a function that shows progress."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(title, console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[note]}"))
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task(title, total=None, note="")
        yield lambda done, total, note="": bar.update(task, completed=done, total=total, note=note)


class _Lines:
    def __init__(self, title: str, console: Console) -> None:
        self._title = title
        self._console = console
        self._next_at = time.monotonic() + _SECONDS_BETWEEN_LINES

    def __call__(self, done: float, total: float | None, note: str = "") -> None:
        if time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + _SECONDS_BETWEEN_LINES
            of = f" of {total:,.0f}" if total else ""
            self._console.print(f"{self._title}: {done:,.0f}{of} {note}".rstrip(), highlight=False, soft_wrap=True)
