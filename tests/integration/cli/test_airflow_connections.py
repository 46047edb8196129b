"""A command outside of Airflow finds the connections that people made in Airflow, or says why not."""

import os
import subprocess
import sys

import pytest

from jikimi.cli.airflow_connections import read_airflow_environment
from jikimi.exceptions import NotConfigured

_MAKE_TABLE = """
from airflow.models import Connection
from airflow.models.team import Team
from airflow.utils.session import create_session
with create_session() as session:
    Team.metadata.create_all(session.get_bind(), [Team.__table__, Connection.__table__])
    session.add(Connection("somewhere", conn_type="http", login="someone", password="secret-word"))
"""
_READ = """
from jikimi.cli.airflow_connections import read_airflow_environment
read_airflow_environment()
from airflow.sdk import BaseHook
connection = BaseHook.get_connection("somewhere")
print(connection.login, connection.password)
"""


@pytest.fixture
def run(tmp_path):
    """Run a program that knows nothing of Airflow but what stands in the folder of Jikimi."""

    def run_program(program, **environment):
        kept = {name: value for name, value in os.environ.items() if "AIRFLOW" not in name}
        environment = kept | {"JIKIMI_HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)} | environment
        return subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)

    return run_program


@pytest.fixture
def airflow_file(tmp_path):
    """Write the file that says where Airflow is, and return what stands in it."""

    def write(database):
        (tmp_path / "airflow").mkdir()
        settings = {"AIRFLOW_HOME": str(tmp_path / "airflow"), "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database}
        lines = [f"{name}={value}\n" for name, value in settings.items()]
        (tmp_path / "airflow" / "env").write_text("".join(lines), encoding="utf-8")
        return settings

    return write


def test_connection_is_found_in_airflows_database_without_noise(run, airflow_file, tmp_path):
    settings = airflow_file(f"sqlite:///{tmp_path}/airflow.db")
    made = run(_MAKE_TABLE, **settings)
    assert made.returncode == 0, made.stderr
    found = run(_READ)
    assert (found.stdout, found.stderr) == ("someone secret-word\n", "")


def test_database_that_is_away_is_not_taken_for_a_missing_connection(run, airflow_file):
    airflow_file("postgresql+psycopg2://airflow:secret-word@127.0.0.1:1/airflow")
    failed = run(_READ)
    assert "ServiceUnavailable: Airflow's database does not answer (OperationalError): start it" in failed.stderr


def test_without_any_setting_of_airflow_the_stack_must_be_started_first(monkeypatch, tmp_path):
    monkeypatch.setenv("JIKIMI_HOME", str(tmp_path))
    monkeypatch.delenv("AIRFLOW_HOME")
    with pytest.raises(NotConfigured, match="run `make up`"):
        read_airflow_environment()


def test_what_is_set_already_stays(monkeypatch, tmp_path):
    for name in ("_AIRFLOW_PROCESS_CONTEXT", "AIRFLOW__LOGGING__LOGGING_LEVEL", "AIRFLOW_CONN_SOMEWHERE"):
        monkeypatch.setenv(name, "http://mine")
    monkeypatch.setenv("JIKIMI_HOME", str(tmp_path))
    (tmp_path / "airflow").mkdir()
    (tmp_path / "airflow" / "env").write_text("AIRFLOW_CONN_SOMEWHERE=http://theirs\n", encoding="utf-8")
    read_airflow_environment()
    assert os.environ["AIRFLOW_CONN_SOMEWHERE"] == "http://mine"
    assert os.environ["_AIRFLOW_PROCESS_CONTEXT"] == "server"
