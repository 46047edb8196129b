"""The way to the fraud database: opening it, finding a statement, translating its errors once."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from jikimi.defaults import database_url
from jikimi.exceptions import StoreUnavailable

Connection = psycopg.Connection[dict[str, Any]]
_SQL = Path(__file__).parents[1] / "sql"


@contextmanager
def open_store(url: str | None = None) -> Iterator[Connection]:
    """Give an autocommitting connection whose rows are dicts; group statements with `connection.transaction()`.

    :param url: address of the fraud database; without it the setting `JIKIMI_DATABASE_URL`.
    :raises StoreUnavailable: the server does not answer or went away.
    """
    try:
        with psycopg.connect(
            url or database_url(), autocommit=True, row_factory=dict_row, connect_timeout=10, application_name="jikimi"
        ) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise StoreUnavailable(str(error).splitlines()[0]) from error


@cache
def query(name: str) -> bytes:
    """Return the statement `jikimi/sql/<name>.sql`, its parameters as `%(name)s`."""
    return (_SQL / f"{name}.sql").read_bytes()
