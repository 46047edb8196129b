"""Options that several commands share, and how their words become values."""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from jikimi import defaults
from jikimi.files.formats import FORMATS
from jikimi.files.selection import Selection
from jikimi.files.source import Source

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


class FormatName(StrEnum):
    """The formats of files."""

    kaggle = "kaggle"
    handbook = "handbook"
    canonical = "canonical"


def duration(text: str) -> timedelta:
    """Read `7d`, `36h`, `1d12h`, `90s`."""
    parts = re.findall(r"(\d+(?:\.\d+)?)([wdhms])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise typer.BadParameter(f"{text!r} is no duration: write it like 7d, 36h or 1d12h.")
    return timedelta(**{_UNITS[unit]: float(number) for number, unit in parts})


def instant(text: str) -> datetime:
    """Read an ISO 8601 date or instant; UTC where it names no zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no date: write it like 2018-05-01 or 2018-05-01T12:00+09:00.") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def moment(text: str) -> datetime:
    """Read an instant as `instant` does, or how long ago: `90m`, `2d`."""
    if re.fullmatch(r"(\d+(\.\d+)?[wdhms])+", text):
        return datetime.now(UTC) - duration(text)
    return instant(text)


File = Annotated[Path, typer.Argument(metavar="FILE", help="CSV or Parquet; which of them is seen in the file.")]
Format = Annotated[FormatName, typer.Option("--format", help="How the file names its columns.")]
Limit = Annotated[int | None, typer.Option(min=1, help="At most so many of the wanted rows, over all runs.")]
Skip = Annotated[int, typer.Option(min=0, help="Leave out the file's first rows.")]
Since = Annotated[
    datetime | None,
    typer.Option("--from", parser=instant, metavar="DATE", help="First instant wanted, in the file's own dates."),
]
Until = Annotated[
    datetime | None,
    typer.Option(parser=instant, metavar="DATE", help="First instant no longer wanted, in the file's own dates."),
]
ShiftToNow = Annotated[
    bool,
    typer.Option(
        "--shift-to-now",
        help="Move every instant by whole weeks, so that the file's newest row is at most a week old; "
        "load and replay of one file are moved alike.",
    ),
]
LabelDelay = Annotated[
    timedelta | None,
    typer.Option(
        parser=duration,
        metavar="DURATION",
        help="Time from a purchase to its label, like 7d. Default: what the file says in known_at, else 7d.",
    ),
]
SandboxContacts = Annotated[
    bool, typer.Option("--sandbox-contacts", help="Make new customers friends of the KakaoTalk sandbox, with consent.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Most = Annotated[int, typer.Option("--limit", min=1, help="At most so many, newest first.")]


def source_of(file: Path, form: FormatName, label_delay: timedelta | None, **selection: Any) -> Source:
    """Return the file as a source; a label delay that is given overrules what the file says."""
    from dataclasses import replace

    chosen = FORMATS[form.value]
    if label_delay is not None:
        chosen = replace(chosen, known_column=None)
    delay = label_delay if label_delay is not None else timedelta(days=defaults.label_delay_days())
    return Source(file, chosen, Selection(**selection), delay)
