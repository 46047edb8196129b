"""Redis and Celery's workers of the local runner."""

import re
from pathlib import Path

import pytest

from infra.local import workers
from infra.local.services import airflow_environment, services_of
from infra.local.settings import SettingError, Settings, read_settings
from infra.local.stack import Stack, StackError
from infra.local.workers import CONCURRENCY, WORKERS, prepare_redis, worker_words
from tests.compose_file import ROOT, env_lines


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("JIKIMI_EXECUTOR", "celery")
    return read_settings(tmp_path / "home")


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Put a program on a PATH that has nothing else."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()

    def install(name: str) -> Path:
        program = tmp_path / "bin" / name
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        return program

    return install


def test_word_of_make_comes_before_the_variable_of_the_shell(settings, monkeypatch):
    assert settings.executor == "celery"
    monkeypatch.setenv("EXECUTOR", "local")
    assert read_settings(settings.home).executor == "local"


def test_unknown_executor_is_refused_with_those_there_are(settings, monkeypatch):
    monkeypatch.setenv("EXECUTOR", "dask")
    with pytest.raises(SettingError, match="local or celery"):
        read_settings(settings.home)


@pytest.mark.parametrize("name", ["redis-server", "valkey-server"])
def test_two_workers_and_a_server_are_supervised_beside_the_rest(settings, install, name):
    program = install(name)
    services = {service.name: service.command for service in services_of(settings)}
    assert services["redis"] == [str(program), str(settings.home / "redis/redis.conf")]
    assert {service for service, command in services.items() if command[1:3] == ["celery", "worker"]} == set(WORKERS)


def test_workers_take_every_queue_that_a_dag_names():
    named = re.findall(r'queue="(\w+)"', "".join(dag.read_text() for dag in (ROOT / "dags").glob("*.py")))
    words = worker_words(WORKERS[0])
    assert named
    assert {"default", *named} == set(words[words.index("--queues") + 1].split(","))


def test_without_celery_nothing_of_it_runs(settings, install, monkeypatch):
    install("redis-server")
    monkeypatch.setenv("EXECUTOR", "local")
    local = read_settings(settings.home)
    assert not {"redis", *WORKERS} & {service.name for service in services_of(local)}
    assert airflow_environment(local)["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"


def test_missing_redis_is_named_before_anything_starts(settings, install):
    with pytest.raises(StackError, match=r"redis-server.*install.*Nothing was started"):
        Stack(settings, print).start_services()
    assert not (settings.home / "supervisord.conf").exists()


def test_redis_is_on_loopback_behind_a_password_in_a_private_file(settings):
    prepare_redis(settings)
    file = settings.home / "redis/redis.conf"
    lines = dict(line.split(" ", 1) for line in file.read_text().splitlines())
    assert (lines["bind"], lines["requirepass"]) == ("127.0.0.1", settings.secrets["redis"])
    assert file.stat().st_mode & 0o777 == 0o600


def test_password_with_signs_of_an_address_is_quoted(tmp_path):
    broker = workers.broker_url(Settings(tmp_path, {"redis": 6389}, {"redis": "a/b@c"}))
    assert broker == "redis://:a%2Fb%40c@127.0.0.1:6389/0"


def test_one_worker_alone_can_run_all_that_airflow_allows_at_once():
    shared = env_lines(ROOT / "infra/airflow/airflow.env")
    assert int(shared["AIRFLOW__CORE__PARALLELISM"]) <= CONCURRENCY


def test_redis_never_gives_out_a_running_task_before_its_heartbeat_is_missed():
    shared = env_lines(ROOT / "infra/airflow/airflow.env")
    visible = int(shared["AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT"])
    assert visible > 3600 > int(shared["AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT"])
    assert shared["AIRFLOW__CELERY__TASK_ACKS_LATE"] == "True"
