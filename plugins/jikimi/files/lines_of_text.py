"""CSV as tables of text, line by line: a line that cannot be split costs only itself."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from jikimi.exceptions import BadFile
from jikimi.files.formats import PROBLEM

if TYPE_CHECKING:
    import pyarrow as pa

_LONGEST_HEADER = 100_000
_SHOWN_OF_LINE = 200


def read_tables(path: Path, choose: Callable[[list[str]], list[str]], skip: int, rows: int) -> Iterator[pa.Table]:
    """Yield tables of the columns that `choose` picks from the header.

    Bytes that are not UTF-8 become U+FFFD and a NUL becomes U+2400: both are refused in that row, later.
    A line is a row even inside quotation marks, so that a mark that is never closed cannot swallow the file.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        header = _header(path, file.readline(_LONGEST_HEADER))
        chosen = choose(header)
        written = ((number, line) for number, line in enumerate(file, 2) if not line.isspace())
        lines = islice(written, skip, None)
        while block := list(islice(lines, rows)):
            yield _table(path.name, header, chosen, block)


def _header(path: Path, line: str) -> list[str]:
    if len(line) == _LONGEST_HEADER:
        raise BadFile(f"{path}, line 1 is too long for a header: this is no CSV file with column names.")
    try:
        return _split(line)
    except csv.Error as error:
        raise BadFile(f"{path}, line 1: the header cannot be split into columns ({error}): mend it.") from error


def _table(file_name: str, header: list[str], chosen: list[str], block: Iterable[tuple[int, str]]) -> pa.Table:
    import pyarrow as pa

    problems: list[str | None] = []
    rows: list[list[str]] = []
    for number, line in block:
        fields, problem = _fields(line, len(header))
        rows.append(fields)
        problems.append(problem and f"{file_name}, line {number}: {problem}: {_shown(line)}")
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    arrays = {name: _text(columns[name]) for name in chosen}
    return pa.table({**arrays, PROBLEM: pa.array(problems, pa.string())})


def _fields(line: str, width: int) -> tuple[list[str], str | None]:
    problem: str | None = None
    try:
        fields = _split(line)
    except csv.Error as error:
        fields, problem = _clean(line).split(","), str(error)
    if len(fields) == width:
        return fields, problem
    problem = problem or f"{len(fields)} fields instead of {width}"
    return [*fields[:width], *[""] * (width - len(fields))], problem


def _split(line: str) -> list[str]:
    line = _clean(line)
    return next(csv.reader([line], strict=True), [""]) if '"' in line else line.split(",")


def _clean(line: str) -> str:
    return line.rstrip("\r\n").replace("\0", "\u2400")


def _shown(line: str) -> str:
    line = _clean(line)
    return line if len(line) <= _SHOWN_OF_LINE else f"{line[:_SHOWN_OF_LINE]}…"


def _text(values: tuple[str, ...]) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    column = pa.array(values, pa.string())
    return pc.if_else(pc.equal(column, ""), None, column)
