"""A file as a person names it: which rows of it, in which format, and what the store calls it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from jikimi.files.chunks import Chunk, read_chunks, row_count
from jikimi.files.formats import Format
from jikimi.files.selection import Selection, fingerprint, shift_in, shift_to


@dataclass(frozen=True)
class Source:
    """The wanted rows of a file.

    :param label_delay: time from a purchase to its label, where the file does not say it.
    """

    path: Path
    form: Format
    selection: Selection
    label_delay: timedelta

    @cached_property
    def content(self) -> str:
        """What names the file's content and its format.

        :raises BadFile: the file cannot be read.
        """
        return fingerprint(self.path, self.form)

    @property
    def name(self) -> str:
        """What names the content and the wanted rows, for the store."""
        return f"{self.content}&{self.selection.words}"

    @cached_property
    def rows(self) -> int:
        """How many rows the file has, wanted or not."""
        return row_count(self.path)

    def shifted_to(self, now: datetime, used_names: Iterable[str]) -> Source:
        """Return the same rows, moved to end in the week before `now`, or as far as they were moved before.

        :param used_names: names under which this content was read before: history and replay of a file fit together.
        """
        before = [shift for name in used_names if (shift := shift_in(name)) is not None]
        shift = before[0] if before else shift_to(now, self.path, self.form)
        return replace(self, selection=replace(self.selection, shift=shift))

    def chunks(self, done: int, rows: int) -> Iterator[Chunk]:
        """Yield the wanted rows after the first `done` ones, about `rows` at a time.

        :raises BadFile: the file cannot be read, does not fit the format, or has no row.
        """
        return read_chunks(self.path, self.form, self.selection, self.label_delay, done, rows)
