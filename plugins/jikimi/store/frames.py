"""Between PostgreSQL and pandas: results as typed frames, frames as COPY."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.rows import tuple_row

from jikimi.store.connection import Connection, query

if TYPE_CHECKING:
    import pandas as pd

_LARGEST_BLOCK = 2**31 - 1


def read_frame(
    connection: Connection, name: str, parameters: dict[str, Any] | None = None, instants: Sequence[str] = ()
) -> "pd.DataFrame":
    """Run the statement `name` and return its rows.

    :param instants: columns that the statement gives as microseconds since 1970, returned as `datetime64[us, UTC]`;
        an integer crosses the wire and becomes a column several times faster than a `datetime` per row.
    """
    import pandas as pd

    with connection.cursor(row_factory=tuple_row, binary=True) as cursor:
        cursor.execute(query(name), parameters)
        names = [column.name for column in cursor.description or ()]
        frame = pd.DataFrame(cursor.fetchall(), columns=names)
    for column in instants:
        frame[column] = pd.to_datetime(frame[column].astype("int64"), unit="us", utc=True).astype("datetime64[us, UTC]")
    return frame


def copy_rows(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows into a table by COPY, the fastest way in."""
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def read_texts(
    connection: Connection, name: str, parameters: dict[str, Any], *, integers: Sequence[str], instants: Sequence[str]
) -> "pd.DataFrame":
    """Run the statement `name` and return its rows: every column as text, whatever it holds, but those named here.

    By COPY and Arrow, in two thirds of the time of `read_frame`: no text becomes an object of Python.
    """
    import pyarrow as pa
    from pyarrow import csv

    statement = sql.SQL("copy ({}) to stdout (format csv, header)").format(sql.SQL(query(name).decode()))
    with connection.cursor() as cursor, cursor.copy(statement, parameters) as copy:
        content = b"".join(copy)
    names = content[: content.index(b"\n")].decode().split(",")
    types = dict.fromkeys(names, pa.large_string()) | dict.fromkeys(integers, pa.int64())
    table = csv.read_csv(
        pa.BufferReader(content),
        # A row must lie within one block, and may be as long as all of them.
        csv.ReadOptions(use_threads=False, block_size=min(len(content), _LARGEST_BLOCK)),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(
            column_types=types | dict.fromkeys(instants, pa.timestamp("us", "UTC")),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    frame: pd.DataFrame = table.to_pandas(use_threads=False)
    return frame
