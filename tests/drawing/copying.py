"""Rows into tables, many at once."""

from typing import Any

import pandas as pd
import psycopg
from psycopg import sql


def copy(connection: psycopg.Connection, table: str, rows: "pd.DataFrame | list[dict[str, Any]]") -> None:
    """Write rows, each column under its own name; NaN, NaT and None become null.

    :raises psycopg.Error: the table refuses a row.
    """
    # Whole numbers with a null among them would be written as fractions.
    frame = pd.DataFrame(rows).convert_dtypes()
    if frame.empty:
        return
    statement = sql.SQL("copy {} ({}) from stdin (format csv, null '-')").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as target:
        target.write(frame.to_csv(index=False, header=False, na_rep="-"))
