"""Prepares a PostgreSQL server for Jikimi: roles, three databases, migrations. Safe to run again."""

from collections.abc import Mapping
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import create_engine, pool
from sqlalchemy.engine import make_url

MIGRATIONS = Path(__file__).parent / "migrations"
DATABASES = ("airflow", "mlflow", "jikimi")
ROLES = ("airflow", "mlflow", "jikimi", "producer", "grafana")


def prepare_server(admin_url: str, passwords: Mapping[str, str]) -> None:
    """Create or mend roles and databases, then migrate `jikimi`.

    :param admin_url: a role that may create roles and databases; it owns the tables of `jikimi`.
    :param passwords: password of each of `ROLES`, set anew on every run.
    :raises psycopg.Error: the server is out of reach or refuses.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for role in ROLES:
            _ensure_role(connection, role, passwords[role])
        for database in DATABASES:
            _ensure_database(connection, database)
    migrate(database_url(admin_url, "jikimi"))


def drop_databases(admin_url: str) -> None:
    """Delete our three databases with all that is in them; the roles stay, they own nothing else."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for database in DATABASES:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to the newest migration, or to `revision`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


def database_url(url: str, database: str, role: str | None = None, password: str | None = None) -> str:
    """Return `url` pointed at another database and, where given, another role."""
    parsed = make_url(url).set(database=database, drivername="postgresql")
    if role:
        parsed = parsed.set(username=role, password=password)
    return parsed.render_as_string(hide_password=False)


def _ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    name = sql.Identifier(role)
    if not connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
        connection.execute(sql.SQL("create role {} login").format(name))
    # Encrypted here, so that no server's log of statements has it in clear.
    encrypted = connection.pgconn.encrypt_password(password.encode(), role.encode()).decode()
    connection.execute(sql.SQL("alter role {} password {}").format(name, sql.Literal(encrypted)))


def _ensure_database(connection: psycopg.Connection, database: str) -> None:
    name = sql.Identifier(database)
    if not connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
        connection.execute(sql.SQL("create database {}").format(name))
    connection.execute(sql.SQL("revoke all on database {} from public").format(name))
    for role in _users_of(database):
        connection.execute(sql.SQL("grant connect on database {} to {}").format(name, sql.Identifier(role)))
    if database == "jikimi":
        # What a dashboard sorts of a month stays in memory: a percentile of 250,000 batches takes a third less time.
        connection.execute(sql.SQL("alter role grafana in database {} set work_mem = '32MB'").format(name))
    if database != "jikimi":
        # Airflow and MLflow run their own migrations: they own their databases.
        connection.execute(sql.SQL("grant {} to current_user").format(name))
        connection.execute(sql.SQL("alter database {} owner to {}").format(name, name))
        # A session that a killed process left open would keep its locks for ever.
        connection.execute(sql.SQL("alter database {} set idle_in_transaction_session_timeout = '60s'").format(name))


def _users_of(database: str) -> tuple[str, ...]:
    return ("jikimi", "producer", "grafana") if database == "jikimi" else (database,)
