"""The way to the fraud database: opening it, finding a statement, translating its errors once."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from jikimi.defaults import database_url
from jikimi.exceptions import StoreOutdated, StoreUnavailable

Connection = psycopg.Connection[dict[str, Any]]
AsyncConnection = psycopg.AsyncConnection[dict[str, Any]]
_OPTIONS: dict[str, Any] = {"autocommit": True, "connect_timeout": 10, "application_name": "jikimi"}
_SQL = Path(__file__).parents[1] / "sql"


@contextmanager
def open_store(url: str | None = None) -> Iterator[Connection]:
    """Give an autocommitting connection whose rows are dicts; group statements with `connection.transaction()`.

    :param url: address of the fraud database; without it the setting `JIKIMI_DATABASE_URL`.
    :raises StoreUnavailable: the server does not answer or went away.
    :raises StoreOutdated: a statement names a column that the database does not have.
    """
    connection = None
    try:
        with psycopg.connect(url or database_url(), row_factory=dict_row, **_OPTIONS) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise _translated(error, connection) from error
    except psycopg.errors.UndefinedColumn as error:
        raise StoreOutdated(
            f"the fraud database is not as it should be ({_first_line(error)}): `make up` migrates it, "
            "and a column that somebody dropped has to be restored."
        ) from error


def address_of(connection: Connection) -> str:
    """Return the address that `open_store` takes, for a second connection: it sees what is committed."""
    return make_conninfo(connection.info.dsn, password=connection.info.password)


@asynccontextmanager
async def open_store_async() -> AsyncIterator[AsyncConnection]:
    """Do what `open_store` does for code that must not block, such as a trigger."""
    connection = None
    try:
        async with await psycopg.AsyncConnection.connect(
            database_url(), row_factory=dict_row, **_OPTIONS
        ) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise _translated(error, connection) from error


def _translated(
    error: psycopg.OperationalError, connection: Connection | AsyncConnection | None
) -> StoreUnavailable | psycopg.OperationalError:
    """Tell a server that is away from one that refuses a statement: a deadlock, say, or a full disk."""
    if connection is not None and not connection.broken:
        return error
    return StoreUnavailable(_first_line(error))


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


@cache
def query(name: str) -> bytes:
    """Return the statement `jikimi/sql/<name>.sql`, its parameters as `%(name)s`."""
    return (_SQL / f"{name}.sql").read_bytes()
