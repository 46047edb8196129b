"""Roles can do what they need and nothing else."""

import psycopg
import pytest

from infra.local.postgres import EmbeddedPostgres
from infra.postgres.databases import database_url, prepare_server
from tests.conftest import free_port, running

LANDED = "insert into landed_transactions (transaction_id, amount) values ('t1', 12.5)"


def test_producer_may_land_rows(database, role_url):
    with psycopg.connect(role_url("producer")) as producer:
        producer.execute(LANDED)


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("select * from landed_transactions", id="read what landed"),
        pytest.param("insert into landed_transactions (batch_id) values (1)", id="claim its own rows"),
        pytest.param("insert into labels (transaction_id) values ('t1')", id="label"),
        pytest.param("select * from customers", id="read customers"),
        pytest.param("create table loot (id int)", id="create tables"),
    ],
)
def test_producer_may_do_nothing_else(database, role_url, statement):
    with psycopg.connect(role_url("producer")) as producer, pytest.raises(psycopg.errors.InsufficientPrivilege):
        producer.execute(statement)


def test_jikimi_deletes_nothing(database):
    with psycopg.connect(database) as jikimi, pytest.raises(psycopg.errors.InsufficientPrivilege):
        jikimi.execute("delete from alerts")


def test_preparing_twice_changes_nothing_but_passwords(postgres, role_url, passwords):
    prepare_server(postgres.url, passwords | {"mlflow": "second"})
    psycopg.connect(database_url(postgres.url, "mlflow", "mlflow", "second")).close()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(database_url(postgres.url, "mlflow", "mlflow", passwords["mlflow"]))
    prepare_server(postgres.url, passwords)
    psycopg.connect(role_url("jikimi")).close()


@pytest.fixture
def own_server(tmp_path):
    """A server that somebody else runs: we get a role that may create roles and databases, and no more."""
    server = EmbeddedPostgres(tmp_path / "own", free_port(), "secret")
    server.prepare()
    with running(server):
        with psycopg.connect(server.url, autocommit=True) as superuser:
            superuser.execute("create role landlord login createdb createrole password 'mine'")
        yield database_url(server.url, "postgres", "landlord", "mine")


def test_a_users_own_server_needs_no_superuser(own_server, passwords):
    for _ in range(2):
        prepare_server(own_server, passwords)
    for database in ("airflow", "mlflow"):
        with psycopg.connect(database_url(own_server, database, database, passwords[database])) as owner:
            owner.execute("create table proof (id integer)")
    with psycopg.connect(database_url(own_server, "jikimi", "producer", passwords["producer"])) as producer:
        producer.execute(LANDED)


def test_a_role_enters_no_database_but_its_own(own_server, passwords):
    prepare_server(own_server, passwords)
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(database_url(own_server, "airflow", "producer", passwords["producer"]))
