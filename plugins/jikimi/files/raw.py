"""The raw tables of a file: which kind it is, whether the format fits, and its rows as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from jikimi.exceptions import BadFile
from jikimi.files import columns_of_text, lines_of_text
from jikimi.files.formats import FORMATS, Format

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_PER_TABLE = 50_000
_MAGIC = {
    b"\x1f\x8b": "is compressed with gzip: unpack it first",
    b"PK": "is a ZIP archive: unpack it first",
    b"\xff\xfe": "is UTF-16: save it as UTF-8",
    b"\xfe\xff": "is UTF-16: save it as UTF-8",
}


def read_tables(path: Path, form: Format, skip: int = 0, rows: int = _ROWS_PER_TABLE) -> Iterator[pa.Table]:
    """Yield the rows after the first `skip` as tables of text: the format's columns that are there, and `PROBLEM`.

    :raises BadFile: the file cannot be read or does not have the format's columns.
    """
    reader = columns_of_text if is_parquet(path) else lines_of_text
    yield from reader.read_tables(path, lambda names: require_columns(path, names, form), skip, rows)


def is_parquet(path: Path) -> bool:
    """Tell Parquet from text by what stands in the file, not by its name.

    :raises BadFile: the file is missing, empty, or neither.
    """
    start = _start_of(path)
    if not start:
        raise BadFile(f"{path} is empty: write or download it again.")
    for magic, problem in _MAGIC.items():
        if start.startswith(magic):
            raise BadFile(f"{path} {problem}.")
    if start.startswith(b"PAR1"):
        return True
    if path.suffix in {".parquet", ".pq"}:
        raise BadFile(f"{path} is not a Parquet file although its name says so: write or download it again.")
    return False


def require_columns(path: Path, names: list[str], form: Format) -> list[str]:
    """Return which of the file's columns to read.

    :raises BadFile: a column of the format is missing or there twice.
    """
    if missing := [name for name in form.required if name not in names]:
        plural = "s" if len(missing) > 1 else ""
        raise BadFile(
            f"{path}, line 1: column{plural} {', '.join(missing)} missing for the format {form.name}; "
            f"the file has {_short(', '.join(names))}. {_advice(names)}"
        )
    if twice := [name for name in form.wanted if names.count(name) > 1]:
        raise BadFile(f"{path}, line 1: column {twice[0]} is there twice: remove one of them.")
    return [name for name in form.wanted if name in names]


def _start_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4)
    except OSError as error:
        raise BadFile(f"{path} cannot be opened: {(error.strerror or str(error)).lower()}.") from error


def _advice(names: list[str]) -> str:
    fitting = [form.name for form in FORMATS.values() if set(form.required) <= set(names)]
    return f"It fits --format {fitting[0]}." if fitting else "Mend the header, or give the --format that fits."


def _short(text: str, length: int = 200) -> str:
    return text if len(text) <= length else f"{text[:length]}…"
