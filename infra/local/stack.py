"""Brings one stack up, step by step, until transactions are scored; each step can be repeated."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import psycopg
import requests

from infra.local.airflow_client import AirflowClient
from infra.local.connections import SandboxAccounts
from infra.local.leftovers import end_processes_of
from infra.local.manager import Manager
from infra.local.services import (
    BIN,
    airflow_environment,
    embedded_postgres,
    sandbox_environment,
    services_of,
)
from infra.local.settings import ROOT, STACK_VARIABLE, Settings, port_offset, write_environment, write_private
from infra.local.workers import NO_REDIS, WORKERS, answering_workers, find_redis, prepare_redis
from infra.postgres.databases import prepare_server

_AIRFLOW_PARTS = ("api-server", "dag-processor", "triggerer", "scheduler")
Say = Callable[[str], None]


class StackError(Exception):
    """A step failed; the message says which, where the log is and what to do."""


class Stack:
    """One checkout's services and the steps that start them.

    :param say: receives one line for each thing that happens.
    """

    def __init__(self, settings: Settings, say: Say) -> None:
        self.settings = settings
        self.manager = Manager(settings)
        self.airflow = AirflowClient(settings)
        self._services = services_of(settings)
        self._say = say

    def start_services(self) -> None:
        """Start everything but the demo. Raises `StackError` before anything starts: a port is taken, no Redis."""
        if self.runs_on_celery and not find_redis():
            raise StackError(NO_REDIS)
        self._clear_the_way()
        write_environment(self.settings, self.has_grafana)
        if not self.settings.postgres_url:
            embedded_postgres(self.settings).prepare()
        # As root, the package opened the folder for the server's own user: it may pass through, and nobody may look.
        self.settings.home.chmod(0o711 if os.geteuid() == 0 else 0o700)
        self.manager.start(self._services)
        self._wait_for("postgres", self._postgres_answers, 60)
        prepare_server(self.settings.admin_url, self._role_passwords())
        self._say("PostgreSQL is ready: databases airflow, mlflow and jikimi, migrations done")
        self.manager.start_service("sandbox")
        self.manager.start_service("mlflow")
        if self.runs_on_celery:
            prepare_redis(self.settings)
            self.manager.start_service("redis")
        self._prepare_airflow()
        for part in [*_AIRFLOW_PARTS, *(WORKERS if self.runs_on_celery else ())]:
            self.manager.start_service(part)
        if self.has_grafana:
            self.manager.start_service("grafana")

    def wait_until_healthy(self) -> None:
        """Wait until each service answers, then make the connections to the sandbox."""
        self._wait_for("sandbox", lambda: _answers(self.settings.url("sandbox") + "/health"), 60)
        self._wait_for("mlflow", lambda: _answers(self.settings.url("mlflow") + "/health"), 180)
        self._say("MLflow and the sandbox are ready")
        self._wait_for("api-server", self.airflow.is_healthy, 300)
        self._wait_for("dag-processor", self._dags_are_parsed, 120)
        if self.runs_on_celery:
            self._wait_for("worker-1", lambda: answering_workers(self.settings) >= set(WORKERS), 120)
        self._connect_channels()
        self._announce_webhook()
        workers = f", {' and '.join(WORKERS)} on Celery" if self.runs_on_celery else ""
        self._say(f"Airflow is ready: api-server, scheduler, dag-processor, triggerer{workers}")

    @property
    def has_grafana(self) -> bool:
        """Whether a Grafana installation was found."""
        return any(service.name == "grafana" for service in self._services)

    @property
    def runs_on_celery(self) -> bool:
        """Whether tasks run in Celery's workers, and not in processes of the scheduler."""
        return self.settings.executor == "celery"

    def run_jikimi(self, *words: str) -> None:
        """Run the command `jikimi`, its output on this terminal."""
        if subprocess.run([str(BIN / "jikimi"), *words], env=self._environment(), check=False).returncode:
            raise StackError(f"`jikimi {' '.join(words)}` failed; its message stands above.")

    def _clear_the_way(self) -> None:
        if count := end_processes_of(self.settings.home):
            self._say(f"ended {count} processes that an earlier run left behind")
        unused = {
            "postgres": self.settings.postgres_url is not None,
            "grafana": not self.has_grafana,
            "redis": not self.runs_on_celery,
        }
        for name, port in self.settings.ports.items():
            if not unused.get(name, False):
                _require_free(name, port)

    def _prepare_airflow(self) -> None:
        home = self.settings.home / "airflow"
        (home / "config").mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "infra/airflow/airflow_local_settings.py", home / "config")
        write_private(home / "passwords.json", json.dumps({"admin": self.settings.secrets["airflow_admin"]}))
        # For the commands that need one of Airflow's connections.
        lines = (f"{name}={value}\n" for name, value in airflow_environment(self.settings).items())
        write_private(home / "env", "".join(lines))
        self._run_airflow("db", "migrate")

    def _connect_channels(self) -> None:
        """Register the sandbox's accounts, each unless an operator's own connection stands there."""
        for connection in self._accounts().connections(self._first_refresh_token()):
            if not self.airflow.has_connection(connection["connection_id"]):
                self.airflow.add_connection(connection)

    def _accounts(self) -> SandboxAccounts:
        settings, dealer = self.settings, os.environ.get("JIKIMI_DEMO_DEALER") or "nhn"
        if dealer not in ("nhn", "solapi"):
            raise StackError(f"JIKIMI_DEMO_DEALER={dealer} is no dealer: give nhn or solapi.")
        return SandboxAccounts(settings.url("sandbox"), ("127.0.0.1", settings.ports["smtp"]), settings.secrets, dealer)

    def _first_refresh_token(self) -> str:
        consent = [sys.executable, "-m", "infra.kakao_sandbox", "consent"]
        consent += ["--folder", str(self.settings.home / "kakao_sandbox")]
        environment = self._environment() | sandbox_environment(self.settings)
        given = subprocess.run(consent, env=environment, check=True, capture_output=True, text=True, cwd=ROOT)
        return str(json.loads(given.stdout)["refresh_token"])

    def _announce_webhook(self) -> None:
        """Tell the sandbox where delivery reports go, as a bank does in its dealer's console."""
        report_to = {
            "url": f"{self.settings.url('airflow')}/jikimi/reports/nhn",
            "signature": self.settings.secrets["webhook"],
        }
        requests.post(f"{self.settings.url('sandbox')}/admin/webhook", json=report_to, timeout=10).raise_for_status()

    def _run_airflow(self, *words: str) -> None:
        environment = self._environment() | airflow_environment(self.settings)
        command = [str(BIN / "airflow"), *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT, check=False)
        if done.returncode:
            raise StackError(f"`airflow {' '.join(words)}` failed:\n{done.stderr[-2000:]}")

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.settings.client_environment, STACK_VARIABLE: str(self.settings.home)}

    def _role_passwords(self) -> dict[str, str]:
        prefix = "role_"
        return {k.removeprefix(prefix): v for k, v in self.settings.secrets.items() if k.startswith(prefix)}

    def _postgres_answers(self) -> bool:
        try:
            psycopg.connect(self.settings.admin_url, connect_timeout=3).close()
        except psycopg.OperationalError as error:
            if self.settings.postgres_url:
                raise StackError(f"JIKIMI_POSTGRES_URL does not answer: {error}") from error
            return False
        return True

    def _dags_are_parsed(self) -> bool:
        if errors := self.airflow.import_errors():
            raise StackError("a DAG file cannot be parsed:\n" + "\n".join(errors))
        return self.airflow.has_dag("score_transactions") and self.airflow.has_dag("train_panel")

    def _wait_for(self, service: str, is_ready: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not is_ready():
            if failed := self.manager.failed():
                service, deadline = failed[0], 0
            if time.monotonic() > deadline:
                raise StackError(f"{service} did not start. Its log: {self.settings.home}/logs/{service}.log")
            time.sleep(0.3)


def in_background(work: Callable[[], None]) -> Future[None]:
    """Run `work` beside the steps that do not need it."""
    return ThreadPoolExecutor(max_workers=1).submit(work)


def _require_free(name: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            offset = port_offset()
            own = f"JIKIMI_PORT_OFFSET={offset} " if offset else ""
            raise StackError(
                f"port {port} for {name} is taken: give another with "
                f"`make up {own}JIKIMI_{name.upper()}_PORT={port + 100}`, or move all of them with "
                f"`make up JIKIMI_PORT_OFFSET={offset + 100}`. Nothing was started."
            ) from error


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=3).ok
    except requests.RequestException:
        return False
