"""Whole frames into tables: COPY where nothing can clash, one JSON parameter where something may."""

import json
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from jikimi.store.arrays import instant_texts
from jikimi.store.connection import Connection, query

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def copy_frame(connection: Connection, table: str, frame: "pd.DataFrame") -> None:
    """Write a frame into the columns of the same names; several times faster than row by row.

    :raises psycopg.errors.UniqueViolation: a row is there already.
    """
    import pyarrow as pa
    from pyarrow import csv

    if frame.empty:
        return
    statement = sql.SQL("copy {} ({}) from stdin (format csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    )
    buffer = pa.BufferOutputStream()
    table = pa.table({name: _arrow(frame[name]) for name in frame})
    csv.write_csv(table, buffer, csv.WriteOptions(include_header=False))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(memoryview(buffer.getvalue()))


def _arrow(column: "pd.Series") -> "pa.Array":
    import pandas as pd
    import pyarrow as pa

    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return instant_texts(column)
    return pa.array(column, from_pandas=True)


def send_frame(connection: Connection, name: str, frame: "pd.DataFrame") -> "psycopg.Cursor[dict[str, Any]]":
    """Run the statement `name` with the frame as its JSON parameter `rows`: a list of objects, instants as ISO 8601."""
    rows = frame.to_json(orient="records", date_format="iso", date_unit="us", force_ascii=False)
    return connection.execute(query(name), {"rows": rows})


def plain_json(value: object) -> str:
    """Return JSON that PostgreSQL takes: no NaN, no infinity, no NUL."""
    plain = json.loads(json.dumps(value, default=str), parse_constant=lambda _: None)
    return json.dumps(plain, ensure_ascii=False).replace("\\u0000", "\u2400")
