"""The clean-up runs on a real database of Airflow's: what is old goes, what is young and the last run stay."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from infra.postgres.databases import database_url
from jikimi.exceptions import NotConfigured
from jikimi.operators.metadata import CleanMetadataOperator, delete_old_files

OLD, YOUNG = timedelta(days=40), timedelta(days=1)


@pytest.fixture(scope="module")
def metadata(postgres, tmp_path_factory):
    """Address of a migrated database of Airflow's."""
    with psycopg.connect(postgres.url, autocommit=True) as owner:
        owner.execute("create database metadata")
    url = database_url(postgres.url, "metadata")
    environment = os.environ | {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": _sqlalchemy(url)}
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], env=environment, check=True, capture_output=True)
    return url


@pytest.fixture
def clean(metadata, monkeypatch, tmp_path):
    monkeypatch.setenv("JIKIMI_METADATA_URL", _sqlalchemy(metadata))
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "airflow-db-not-allowed:///")
    monkeypatch.setattr("jikimi.operators.metadata.conf.get", lambda section, key: str(tmp_path))
    return lambda **options: CleanMetadataOperator(task_id="clean_metadata", **options).execute({})


def _sqlalchemy(url):
    return url.replace("postgresql://", "postgresql+psycopg2://", 1)


@pytest.fixture
def airflow(metadata):
    """A connection to Airflow's database, emptied of runs, with one DAG and one asset."""
    with psycopg.connect(metadata, autocommit=True) as connection:
        connection.execute("truncate dag, dag_bundle, dag_run, task_instance, asset, asset_event, log, job cascade")
        connection.execute("insert into dag_bundle (name) values ('files')")
        connection.execute(
            "insert into dag (dag_id, bundle_name, has_task_concurrency_limits, is_paused, is_stale, max_active_tasks,"
            " max_consecutive_failed_dag_runs, partition_mapper_info, timetable_type, last_parsed_time)"
            " values ('score', 'files', false, false, false, 6, 0, '{}', '', now())"
        )
        connection.execute(
            'insert into asset (name, uri, "group", extra, created_at, updated_at)'
            " values ('landed', 'landed', 'asset', '{}', now(), now())"
        )
        yield connection


def run_with_history(connection, name, age):
    """Write a run with a task, its result, a line of the log, a job and the event that called it, all of one age."""
    statements = (
        "insert into dag_run (dag_id, run_id, run_type, run_after, start_date, state)"
        " values ('score', %(name)s, 'asset_triggered', %(at)s, %(at)s, 'success')",
        "insert into task_instance (id, dag_id, run_id, task_id, pool, pool_slots, try_number, start_date, state)"
        " values (gen_random_uuid(), 'score', %(name)s, 'validate', 'default_pool', 1, 1, %(at)s, 'success')",
        "insert into xcom (dag_run_id, dag_id, run_id, task_id, key, timestamp)"
        " select id, dag_id, run_id, 'validate', 'return_value', %(at)s from dag_run where run_id = %(name)s",
        "insert into asset_event (asset_id, extra, timestamp)"
        " select id, json_build_object('of', %(name)s::text), %(at)s from asset",
        "insert into dagrun_asset_event (dag_run_id, event_id)"
        " select r.id, e.id from dag_run r, asset_event e where r.run_id = %(name)s and e.extra->>'of' = %(name)s",
        "insert into log (dttm, event, dag_id) values (%(at)s, %(name)s, 'score')",
        "insert into job (job_type, hostname, latest_heartbeat) values ('LocalTaskJob', %(name)s, %(at)s)",
    )
    for statement in statements:
        connection.execute(statement, {"name": name, "at": datetime.now(UTC) - age})


_NAMES = {
    "runs": "select run_id from dag_run",
    "tasks": "select run_id from task_instance",
    "results": "select run_id from xcom",
    "events": "select extra->>'of' from asset_event",
    "calls": "select r.run_id from dagrun_asset_event d join dag_run r on r.id = d.dag_run_id",
    "log": "select event from log where dag_id = 'score'",
    "jobs": "select hostname from job where job_type = 'LocalTaskJob'",
}


def kept(connection):
    return {what: {row[0] for row in connection.execute(statement)} for what, statement in _NAMES.items()}


def test_what_is_older_than_the_history_goes_from_every_table(clean, airflow):
    run_with_history(airflow, "old", OLD)
    run_with_history(airflow, "young", YOUNG)
    clean(history_days=30)
    assert kept(airflow) == {what: {"young"} for what in _NAMES}
    archived = "select count(*) from pg_tables where tablename like '\\_airflow\\_deleted%'"
    assert airflow.execute(archived).fetchone() == (0,)


def test_the_last_run_of_a_dag_stays_whatever_its_age(clean, airflow, monkeypatch):
    monkeypatch.setenv("JIKIMI_AIRFLOW_HISTORY_DAYS", "0.5")
    run_with_history(airflow, "old", OLD)
    run_with_history(airflow, "last", YOUNG)
    clean()
    assert kept(airflow)["runs"] == {"last"}


def test_a_database_that_is_away_fails_the_task(clean, monkeypatch):
    monkeypatch.setenv("JIKIMI_METADATA_URL", "postgresql+psycopg2://airflow:x@127.0.0.1:1/airflow")
    with pytest.raises(subprocess.CalledProcessError):
        clean()


def test_without_an_address_nothing_is_cleaned(clean, monkeypatch):
    monkeypatch.delenv("JIKIMI_METADATA_URL")
    with pytest.raises(NotConfigured, match="JIKIMI_METADATA_URL"):
        clean()


def test_old_logs_go_with_their_folders_and_young_ones_stay(tmp_path):
    for name, age in (("run=old/task/1.log", OLD), ("run=young/task/1.log", YOUNG)):
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.touch()
        for path in (file, file.parent, file.parent.parent):
            os.utime(path, times=((datetime.now(UTC) - age).timestamp(),) * 2)
    assert delete_old_files(tmp_path, datetime.now(UTC) - timedelta(days=30)) == 1
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == [
        "run=young",
        "run=young/task",
        "run=young/task/1.log",
    ]


def test_the_folder_of_a_task_that_is_about_to_write_stays(tmp_path):
    (tmp_path / "run=now").mkdir()
    delete_old_files(tmp_path, datetime.now(UTC) - timedelta(days=30))
    assert (tmp_path / "run=now").is_dir()
