"""Between PostgreSQL and pandas: results as typed frames, frames as COPY."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.rows import tuple_row

from jikimi.store.connection import Connection, query

if TYPE_CHECKING:
    import pandas as pd


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
