"""Parquet as tables of text, so that it is judged by the same rules as CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from jikimi.exceptions import BadFile
from jikimi.files.formats import PROBLEM

if TYPE_CHECKING:
    import pyarrow as pa


def read_tables(path: Path, choose: Callable[[list[str]], list[str]], skip: int, rows: int) -> Iterator[pa.Table]:
    """Yield tables of the columns that `choose` picks from the schema.

    :raises BadFile: the file was cut off, a part of it is damaged, or a column holds no plain values.
    """
    import pyarrow as pa

    file = _open(path)
    chosen = choose(file.schema_arrow.names)
    try:
        for batch in file.iter_batches(rows, columns=chosen):
            if skip >= batch.num_rows:
                skip -= batch.num_rows
                continue
            yield _table(path, pa.Table.from_batches([batch.slice(skip)]), chosen)
            skip = 0
    except (pa.ArrowException, OSError) as error:
        raise BadFile(f"{path} is damaged ({_first_line(error)}): write or download it again.") from error


def read_whole(path: Path, choose: Callable[[list[str]], list[str]]) -> pa.Table:
    """Return the columns that `choose` picks from the schema, with the types that they have.

    :raises BadFile: the file was cut off, or a part of it is damaged.
    """
    import pyarrow as pa

    file = _open(path)
    chosen = choose(file.schema_arrow.names)
    try:
        return file.read(columns=chosen)
    except (pa.ArrowException, OSError) as error:
        raise BadFile(f"{path} is damaged ({_first_line(error)}): write or download it again.") from error


def row_count(path: Path) -> int:
    """Return the number of rows, read from the file's end."""
    return int(_open(path).metadata.num_rows)


def _open(path: Path) -> pa.parquet.ParquetFile:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise BadFile(
            f"{path} begins like a Parquet file but its end is missing or damaged: "
            f"it was cut off; write or download it again ({_first_line(error)})."
        ) from error


def _table(path: Path, table: pa.Table, chosen: list[str]) -> pa.Table:
    import pyarrow as pa

    columns = {name: _text(path, name, table[name].combine_chunks()) for name in chosen}
    return pa.table({**columns, PROBLEM: pa.nulls(table.num_rows, pa.string())})


def _text(path: Path, name: str, column: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if _is_bytes(column.type):
        return _clean(column)
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), None, column)
    try:
        return column.cast(pa.string())
    except pa.ArrowException as error:
        raise BadFile(f"{path}: column {name} holds {column.type}, not plain values: write it as text.") from error


def _is_bytes(kind: pa.DataType) -> bool:
    import pyarrow as pa

    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return kind == pa.string_view() or any(test(kind) for test in tests)


def _clean(column: pa.Array) -> pa.Array:
    """Replace bytes that are not UTF-8 by U+FFFD, NUL by U+2400, and nothing by null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        column = column.cast(pa.string())
        column.validate(full=True)
    except pa.ArrowInvalid:
        values = column.cast(pa.binary()).to_pylist()
        column = pa.array([value and value.decode("utf-8", "replace") for value in values], pa.string())
    column = pc.replace_substring(column, "\0", "\u2400")
    return pc.if_else(pc.equal(column, ""), None, column)


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0].rstrip(".")
