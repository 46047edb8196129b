"""Which rows of a file are wanted, by how much they are moved in time, and the name under which progress is kept."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from jikimi.exceptions import BadFile
from jikimi.files.formats import Format
from jikimi.files.raw import read_tables

if TYPE_CHECKING:
    import pandas as pd

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Selection:
    """The wanted rows of a file: those after `skip`, between two instants, at most `limit`.

    :param since: first instant wanted, in the file's own dates.
    :param until: first instant no longer wanted, in the file's own dates.
    :param shift: what is added to every instant; whole weeks, so that weekdays and hours stay; None for nothing.
    """

    skip: int = 0
    limit: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    shift: timedelta | None = None

    @property
    def has_dates(self) -> bool:
        """Whether instants decide which rows are wanted."""
        return self.since is not None or self.until is not None

    @property
    def words(self) -> str:
        """What it selects, as text; without the limit, because a higher one goes on where a lower one ended."""
        since, until = (at.isoformat() if at else "" for at in (self.since, self.until))
        shift = "" if self.shift is None else f"{self.shift // _WEEK}w"
        return f"skip={self.skip}&from={since}&until={until}&shift={shift}"


def fingerprint(path: Path, form: Format) -> str:
    """Return what names the file's content and how it is read: the same for a copy, another one after any change.

    :raises BadFile: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadFile(f"{path} cannot be opened: {(error.strerror or str(error)).lower()}.") from error
    return f"{digest}?format={form.name}"


def shift_to(now: datetime, path: Path, form: Format) -> timedelta:
    """Return the whole weeks that bring the file's newest row to the last week before `now`.

    :raises BadFile: no row has an instant that can be read.
    """
    newest = newest_instant(path, form)
    return ((now - newest) // _WEEK) * _WEEK


def shift_in(name: str) -> timedelta | None:
    """Return the shift that the words of a selection tell, None where they tell none."""
    found = re.search(r"&shift=(-?\d+)w", name)
    return int(found[1]) * _WEEK if found else None


def newest_instant(path: Path, form: Format) -> datetime:
    """Return the newest instant of the file in UTC.

    :raises BadFile: no row has an instant that can be read.
    """
    column = form.columns["occurred_at"]
    newest = [instants(table[column].to_pandas()).max() for table in read_tables(path, form)]
    readable = [at for at in newest if at == at]
    if not readable:
        raise BadFile(f"{path}: column {column} has no instant that can be read: write them like 2026-01-31 23:59:59.")
    return max(readable).to_pydatetime()  # type: ignore[no-any-return]


def instants(text: pd.Series) -> pd.Series:
    """Return text as instants in UTC, those that cannot be read as NaT."""
    import pandas as pd

    return pd.to_datetime(text, utc=True, errors="coerce", format="ISO8601").astype("datetime64[us, UTC]")
