"""Each service of docker-compose.yaml starts natively with its own command and nothing but its own variables.

Only what a container has and this machine has not is replaced: host names, ports, and the image's folders.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from infra.compose.demo import SMTP_PORT, ContainerStack, settings_from
from infra.compose.env import filled
from infra.local.leftovers import end_processes_of
from infra.local.postgres import EmbeddedPostgres
from infra.local.settings import STACK_VARIABLE
from tests.compose_file import ROOT, environment_of, load
from tests.conftest import free_port

_ADDRESSES = {"postgres": 5432, "redis": 6379, "airflow-api-server": 8080, "mlflow": 5000, "sandbox": 8090}
_AIRFLOW = ["airflow-api-server", "airflow-scheduler", "airflow-dag-processor", "airflow-triggerer"]
_WITH_REDIS = ["redis", "airflow-worker"]
_NATIVE = [*_AIRFLOW, "mlflow", "sandbox"]
_SECONDS = 120
_PATH = f"{ROOT / '.venv/bin'}:{os.environ['PATH']}"
_HAS_REDIS = shutil.which("redis-server") is not None
needs_redis = pytest.mark.skipif(not _HAS_REDIS, reason="no redis-server on the PATH: .ci/run installs one")


@dataclass
class Containers:
    """The services as native processes.

    :param ports: service -> free port on 127.0.0.1 that stands for its port in the containers' network.
    """

    folder: Path
    values: dict[str, str]
    ports: dict[str, int]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.services: dict[str, Any] = load(self.values)["services"]

    def environment(self, name: str) -> dict[str, str]:
        """Return the service's variables, and of this machine only what an image brings."""
        image = {"PATH": _PATH, "HOME": str(self.folder), "HOSTNAME": socket.gethostname(), "PYTHONUNBUFFERED": "1"}
        # Marks the processes, so that none is left behind.
        mark = {STACK_VARIABLE: str(self.folder), "SPT_NOENV": "1"}
        given = environment_of(self.services[name])
        return image | mark | {key: self.native(name, str(value)) for key, value in given.items()}

    def native(self, name: str, text: str) -> str:
        """Translate addresses and folders of the containers."""
        for service, port in _ADDRESSES.items():
            for before in ("//", "@"):
                text = text.replace(f"{before}{service}:{port}", f"{before}127.0.0.1:{self.ports[service]}")
        if name in _ADDRESSES:
            # Its own port, in the command and in the health check.
            text = re.sub(rf"(?<!\d){_ADDRESSES[name]}(?!\d)", str(self.ports[name]), text)
        if text == str(SMTP_PORT):
            text = str(free_port())
        folders = {"/opt/jikimi": ROOT, "/opt/airflow": self.folder / "airflow", "/var/lib": self.folder / "var/lib"}
        for inside, outside in (folders | {"dir /data": f"dir {self.folder}/var/lib/redis"}).items():
            text = text.replace(inside, str(outside))
        return text.replace("0.0.0.0", "127.0.0.1")  # noqa: S104

    def command(self, name: str) -> list[str]:
        """Return the service's command on loopback and on its own port."""
        return [self.native(name, word) for word in self.services[name]["command"]]

    def run(self, name: str) -> None:
        """Run a one-shot service."""
        done = subprocess.run(self.command(name), env=self.environment(name), cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, f"{name}: {done.stdout[-1500:]}{done.stderr[-3000:]}"

    def start(self, *names: str) -> None:
        """Start services, each in a process group of its own."""
        for name in names:
            with self.log(name).open("wb") as log:
                self.running[name] = subprocess.Popen(
                    self.command(name),
                    env=self.environment(name),
                    cwd=ROOT,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

    def is_healthy(self, name: str) -> bool:
        """Run the service's own health check."""
        kind, *words = [self.native(name, word) for word in self.services[name]["healthcheck"]["test"]]
        command = ["sh", "-c", *words] if kind == "CMD-SHELL" else words
        done = subprocess.run(
            command, env=self.environment(name), cwd=ROOT, capture_output=True, timeout=30, check=False
        )
        return done.returncode == 0

    def wait_until_healthy(self, *names: str) -> None:
        """Wait for all; says which service ended or stayed ill, with the end of its log."""
        deadline, missing = time.monotonic() + _SECONDS, list(names)
        while missing:
            for name in missing:
                ended = self.running[name].poll() is not None
                assert not ended, f"{name} ended: {self.log(name).read_text()[-3000:]}"
                assert time.monotonic() < deadline, f"{name} is not healthy: {self.log(name).read_text()[-3000:]}"
            missing = [name for name in missing if not self.is_healthy(name)]
            time.sleep(0.5)

    def stop(self) -> None:
        """End every process, politely at first."""
        for process in self.running.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
        end_processes_of(self.folder)

    def log(self, name: str) -> Path:
        """Return the service's log."""
        return self.folder / f"{name}.log"


@pytest.fixture(scope="module")
def containers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Containers]:
    """Every service of ours, started in the order of the file and healthy."""
    folder = tmp_path_factory.mktemp("compose")
    template = filled((ROOT / ".env.example").read_text(encoding="utf-8")).splitlines()
    values = dict(line.split("=", 1) for line in template if line and not line.startswith("#"))
    stack = Containers(folder, values, {name: free_port() for name in _ADDRESSES})
    # As the Dockerfile does.
    (folder / "airflow/config").mkdir(parents=True)
    shutil.copy(ROOT / "infra/airflow/airflow_local_settings.py", folder / "airflow/config")
    for path in ("airflow/logs", "airflow/login", "jikimi/kakao_sandbox", "mlflow", "redis"):
        (folder / "var/lib" / path).mkdir(parents=True)
    try:
        with _postgres(stack):
            if _HAS_REDIS:
                stack.start("redis")
            stack.run("prepare")
            stack.start("mlflow", "sandbox")
            stack.run("airflow-prepare")
            stack.start(*_AIRFLOW, *(["airflow-worker"] if _HAS_REDIS else []))
            stack.wait_until_healthy(*stack.running)
            yield stack
            stack.stop()
    finally:
        stack.stop()


@pytest.mark.parametrize("name", [*_NATIVE, *(pytest.param(name, marks=needs_redis) for name in _WITH_REDIS)])
def test_service_starts_with_its_own_variables_and_stays_healthy(containers: Containers, name: str) -> None:
    assert containers.running[name].poll() is None
    assert containers.is_healthy(name)


@pytest.mark.parametrize(
    ("host", "status"),
    [pytest.param("mlflow", 200, id="containers"), pytest.param("evil.example", 403, id="strangers")],
)
def test_mlflow_answers_under_the_name_that_containers_use_and_no_strangers(
    containers: Containers, host: str, status: int
) -> None:
    port = containers.ports["mlflow"]
    url = f"http://127.0.0.1:{port}/api/2.0/mlflow/experiments/get?experiment_id=0"
    assert httpx.get(url, headers={"Host": f"{host}:{port}"}).status_code == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("sandbox:8090", 200, id="containers"),
        pytest.param("127.0.0.1:8090", 200, id="browser"),
        pytest.param("evil.example", 400, id="strangers"),
    ],
)
def test_sandbox_answers_under_the_name_that_containers_use_and_no_strangers(
    containers: Containers, host: str, status: int
) -> None:
    url = f"http://127.0.0.1:{containers.ports['sandbox']}/health"
    assert httpx.get(url, headers={"Host": host}).status_code == status


def test_fraud_database_is_migrated_and_the_producer_may_only_land(containers: Containers) -> None:
    password = containers.values["PRODUCER_DB_PASSWORD"]
    url = f"postgresql://producer:{password}@127.0.0.1:{containers.ports['postgres']}/jikimi"
    with psycopg.connect(url) as connection:
        connection.execute("insert into landed_transactions (transaction_id) values ('1')")
        connection.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select 1 from transactions")


def test_demo_registers_the_accounts_of_the_sandbox_and_may_do_so_again(containers: Containers) -> None:
    stack = ContainerStack(settings_from(containers.environment("demo-prepare")), print)
    stack.wait_until_healthy()
    stack.connect()
    stack.connect()
    for connection_id in ("kakao_default", "alimtalk_default", "smtp_default", "discord_default", "discord_staff"):
        assert stack.airflow.has_connection(connection_id)


@needs_redis
def test_worker_runs_a_task_though_it_cannot_read_airflows_database(containers: Containers) -> None:
    stack = ContainerStack(settings_from(containers.environment("demo-prepare")), print)
    stack.wait_until_healthy()
    stack.connect()
    run_id = stack.airflow.start_run("send_due_alerts")
    deadline = time.monotonic() + 60
    while (state := stack.airflow.run_state("send_due_alerts", run_id)) in ("queued", "running"):
        assert time.monotonic() < deadline, containers.log("airflow-worker").read_text()[-3000:]
        time.sleep(0.5)
    assert state == "success", containers.log("airflow-worker").read_text()[-3000:]
    # The worker tells Airflow first and its own log afterwards.
    while "succeeded" not in (log := containers.log("airflow-worker").read_text()):
        assert time.monotonic() < deadline, log[-3000:]
        time.sleep(0.5)
    # Where the API server's pages look for it.
    assert list(containers.folder.glob(f"var/lib/airflow/logs/dag_id=send_due_alerts/run_id={run_id}/*/attempt=1.log"))


@contextlib.contextmanager
def _postgres(stack: Containers) -> Iterator[None]:
    """A server of its own: `prepare` sets every role's password anew."""
    password = stack.values["POSTGRES_PASSWORD"]
    server = EmbeddedPostgres(stack.folder / "pg/data", stack.ports["postgres"], password)
    server.prepare()
    with stack.log("postgres").open("w") as log:
        process = subprocess.Popen(
            [*server.command, "-c", "fsync=off"], user=server.system_user, stdout=log, stderr=log
        )
    try:
        _wait_until_it_answers(server.url)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def _wait_until_it_answers(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return
