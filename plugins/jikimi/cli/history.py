"""`jikimi load`: the past, with labels."""

import os
from datetime import UTC, datetime

import typer

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
from jikimi.files.chunks import FRAUD_WORDS
from jikimi.files.source import Source
from jikimi.loading import LoadSummary
from jikimi.loading import load as load_source
from jikimi.store.connection import open_store
from jikimi.store.positions import used_names


def load(
    file: File,
    form: Format,
    limit: Limit = None,
    skip: Skip = 0,
    since: Since = None,
    until: Until = None,
    shift_to_now: ShiftToNow = False,
    label_delay: LabelDelay = None,
    sandbox_contacts: SandboxContacts = False,
) -> None:
    """Load history with its labels: validated and quarantined like live rows, never scored.

    Run it again after an interruption: it goes on after the last rows that were written.
    """
    source = source_of(file, form, label_delay, skip=skip, limit=limit, since=since, until=until)
    friends = SandboxFriends(os.environ.get("JIKIMI_SANDBOX_URL")) if sandbox_contacts else None
    source = shifted(source) if shift_to_now else source
    with progress(f"loading {file.name}") as report:
        summary = load_source(source, friends, report)
    typer.echo(_sentence(file.name, summary))


def shifted(source: Source) -> Source:
    """Return the source moved to end now, or as an earlier command moved it."""
    with open_store() as connection:
        return source.shifted_to(datetime.now(UTC), used_names(connection, f"{source.content}&"))


def _sentence(name: str, summary: LoadSummary) -> str:
    if summary.landed == 0:
        return f"{name}: nothing to do, all {summary.before:,} wanted rows are loaded already."
    before = f" (after {summary.before:,} rows of earlier runs)" if summary.before else ""
    return (
        f"{name}: {summary.landed:,} rows loaded{before}: {summary.valid:,} valid, "
        f"{summary.quarantined:,} quarantined, {summary.repeated:,} repeated."
        + (" `jikimi quarantine list` says why." if summary.quarantined else "")
        + (_unlabelled(summary.unreadable_labels) if summary.unreadable_labels else "")
    )


def _unlabelled(rows: int) -> str:
    words = ", ".join(FRAUD_WORDS)
    return f" Labels that are none of {words}: {rows:,}; their rows have none until `jikimi labels import` adds it."
