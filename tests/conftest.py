"""Fixtures that every layer uses: a real PostgreSQL with our migrations, emptied before each test."""

import gc
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from infra.local.postgres import EmbeddedPostgres
from infra.postgres.databases import ROLES, database_url, prepare_server

# Importing Airflow makes its folder and its database; tests make none in somebody's home, and each worker has its own.
if "AIRFLOW_HOME" not in os.environ or "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="jikimi-airflow-")
# As tasks have it (infra/airflow/airflow.env): read when the first library with OpenMP is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
if "PYTEST_XDIST_WORKER" in os.environ:
    # Each worker has a core: threads for products of small matrices only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# No test measures time: a busy machine, or the other workers, would make it fail.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
# Below those that systems give to clients: none of another worker's connections takes one before its server starts.
_PORTS = range(16_000, 32_000)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share the tests among workers, where there are any."""
    from tests.workers import Sharing

    return Sharing(config, log)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what was imported: it stays, and looking through it took a fifth of all."""
    gc.collect()
    gc.freeze()


def free_port() -> int:
    """Return a port on 127.0.0.1 that is free now."""
    while True:
        port = secrets.choice(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def running(server: EmbeddedPostgres, *settings: str) -> Iterator[None]:
    """Run a prepared server; without fsync, since no test survives a power cut."""
    command = [*server.command, *(word for setting in ("fsync=off", *settings) for word in ("-c", setting))]
    with (server.folder.parent / "postgres.log").open("w") as log:
        process = subprocess.Popen(command, user=server.system_user, stdout=log, stderr=log)
    try:
        _wait_until_it_answers(server.url)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A running embedded server, without our databases."""
    password = secrets.token_hex(8)
    server = EmbeddedPostgres(tmp_path_factory.mktemp("pg") / "data", free_port(), password)
    server.prepare()
    # Passwords are hashed once instead of 4,096 times: half of what a connection takes, and tests make thousands.
    with running(server, "scram_iterations=1"):
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"alter role postgres password '{password}'")
        yield server


@pytest.fixture(scope="session")
def passwords() -> dict[str, str]:
    """Password of each role."""
    return {role: secrets.token_hex(8) for role in ROLES}


@pytest.fixture(scope="session")
def role_url(postgres: EmbeddedPostgres, passwords: dict[str, str]) -> Callable[[str], str]:
    """Give the address of the migrated database `jikimi` for a role; `postgres` is the owner."""
    prepare_server(postgres.url, passwords)

    def url_of(role: str) -> str:
        if role == "postgres":
            return database_url(postgres.url, "jikimi")
        return database_url(postgres.url, "jikimi", role, passwords[role])

    return url_of


@pytest.fixture
def database(role_url: Callable[[str], str]) -> str:
    """Address of an empty fraud database, as the role `jikimi`."""
    with psycopg.connect(role_url("postgres"), autocommit=True) as connection:
        empty(connection)
    return role_url("jikimi")


@pytest.fixture(autouse=True)
def no_secrets() -> Iterator[None]:
    """Let Airflow forget what it shall hide, as between tasks: each secret more, it searches for all of them anew."""
    yield
    for name in ("airflow._shared", "airflow.sdk._shared"):
        if masker := sys.modules.get(f"{name}.secrets_masker.secrets_masker"):
            masker.reset_secrets_masker()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real files, or a skip that says so."""
    folder = Path(os.environ.get("JIKIMI_SHARED_DATA", SHARED_DATA))
    if not folder.is_dir():
        pytest.skip(f"the real files are not here: {folder} is missing")
    return folder


def empty(connection: psycopg.Connection) -> None:
    """Empty the fraud database, as its owner: this month's tables are there, as after a migration."""
    _drop_other_months(connection)
    # Of fifty tables a test writes a few; a table without a page was never written.
    rows = connection.execute(
        "select quote_ident(relname) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
        " and relname <> 'alembic_version' and pg_relation_size(oid) > 0"
    ).fetchall()
    if rows:
        connection.execute(f"truncate {', '.join(row[0] for row in rows)} cascade")
    # A row that was refused leaves a number behind, and no page.
    connection.execute(
        "select setval(format('%I.%I', schemaname, sequencename), start_value, false) from pg_sequences"
        " where schemaname = 'public' and last_value is not null"
    )
    connection.execute("select ensure_months(array[now()])")


def _drop_other_months(connection: psycopg.Connection) -> None:
    """Leave this month's tables only: to empty those of all tests before would take longer than a test."""
    months = connection.execute(
        "select c.relname from pg_inherits i join pg_class c on c.oid = inhrelid join pg_class p on p.oid = inhparent"
        " where p.relname in ('transactions', 'verdicts', 'predictions', 'merchant_counts', 'called_frauds',"
        " 'backfill_scores', 'scored_counts')"
        " and c.relname <> month_name(p.relname, month_of(now())) order by p.relname desc"
    ).fetchall()
    for (month,) in sorted(months, key=lambda row: row[0].startswith("transactions")):
        connection.execute(f"drop table {month}")


def _wait_until_it_answers(url: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
