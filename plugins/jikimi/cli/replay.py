"""`jikimi replay`: a file as live transactions."""

import os
from typing import Annotated

import typer

from jikimi.cli.history import shifted
from jikimi.cli.options import (
    File,
    Format,
    LabelDelay,
    Limit,
    SandboxContacts,
    ShiftToNow,
    Since,
    Skip,
    Until,
    source_of,
)
from jikimi.cli.progress import progress
from jikimi.contacts import SandboxFriends
from jikimi.replaying import Replay, ReplaySummary

_MOST_PER_SECOND = 10_000
Rate = Annotated[float, typer.Option(min=0.01, max=_MOST_PER_SECOND, help="Rows per second.")]


def replay(
    file: File,
    form: Format,
    rate: Rate,
    limit: Limit = None,
    skip: Skip = 0,
    since: Since = None,
    until: Until = None,
    shift_to_now: ShiftToNow = False,
    label_delay: LabelDelay = None,
    sandbox_contacts: SandboxContacts = False,
) -> None:
    """Land a file's rows as live transactions at a steady rate; run it again and it goes on.

    A row's label arrives as in life: when the replay's own clock (the instant of the row that lands) has passed the
    purchase by the label delay. Labels of the last days of a file therefore stay unknown.
    """
    source = source_of(file, form, label_delay, skip=skip, limit=limit, since=since, until=until)
    friends = SandboxFriends(os.environ.get("JIKIMI_SANDBOX_URL")) if sandbox_contacts else None
    source = shifted(source) if shift_to_now else source
    total = limit or (None if source.selection.has_dates else source.rows - skip)
    with progress(f"replaying {file.name}") as report:
        show = lambda so_far: report(so_far.before + so_far.landed, total, _note(so_far))  # noqa: E731
        summary = Replay(source, rate, friends, show).run()
    typer.echo(_sentence(file.name, summary))


def _note(summary: ReplaySummary) -> str:
    return f"clock {summary.clock:%Y-%m-%d %H:%M}" if summary.clock is not None else ""


def _sentence(name: str, summary: ReplaySummary) -> str:
    if summary.landed == 0:
        return f"{name}: nothing to do, all {summary.before:,} wanted rows have landed already."
    before = f" (after {summary.before:,} rows of earlier runs)" if summary.before else ""
    return f"{name}: {summary.landed:,} rows landed{before}, {summary.labels:,} labels became known."
