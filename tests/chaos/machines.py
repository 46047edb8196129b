"""The processes that chaos breaks: PostgreSQL, the sandbox and several senders, each in a group of its own."""

import json
import multiprocessing
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import requests
from cryptography.fernet import Fernet

from infra.local.connections import SANDBOX_SECRETS, SandboxAccounts, template_options
from infra.local.postgres import EmbeddedPostgres
from infra.postgres.databases import ROLES, database_url, prepare_server
from tests.chaos.sender import send_for_ever
from tests.conftest import free_port

ROOT = Path(__file__).parents[2]
SENDERS = 3
_FORK = multiprocessing.get_context("fork")


@dataclass
class Machines:
    """All processes of one run.

    :param folder: where each keeps its data and its log.
    :param senders: how many drain at once.
    """

    folder: Path
    dealer: str = "nhn"
    senders: int = SENDERS
    processes: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(
        default_factory=lambda: {name: secrets.token_hex(16) for name in SANDBOX_SECRETS.values()}
    )

    def __post_init__(self) -> None:
        self.ports = {name: free_port() for name in ("postgres", "sandbox", "smtp")}
        self.server = EmbeddedPostgres(self.folder / "postgres/data", self.ports["postgres"], secrets.token_hex(8))
        self.passwords = {role: secrets.token_hex(8) for role in ROLES}

    @property
    def sandbox_url(self) -> str:
        """Address of the sandbox."""
        return f"http://127.0.0.1:{self.ports['sandbox']}"

    @property
    def owner_url(self) -> str:
        """Address of the fraud database for its owner."""
        return database_url(self.server.url, "jikimi")

    def start(self) -> None:
        """Start all of them."""
        self.server.prepare()
        self.start_postgres()
        prepare_server(self.server.url, self.passwords)
        self.start_sandbox()
        self._set_environment()
        self.start_senders()

    def start_postgres(self) -> None:
        """Start PostgreSQL and wait until it answers; nothing here survives a power cut, so it need not flush."""
        user = self.server.system_user
        self._launch("postgres", [*self.server.command, "-c", "fsync=off"], user=user)
        wait_until(self._postgres_answers)

    def start_sandbox(self) -> None:
        """Start the sandbox and wait until it answers."""
        command = [sys.executable, "-m", "infra.kakao_sandbox", "--folder", str(self.folder / "sandbox")]
        command += ["--port", str(self.ports["sandbox"]), "--smtp-port", str(self.ports["smtp"])]
        command += ["--sender-quota", "1000000", "--app-quota", "1000000", "--receiver-quota", "1000000"]
        command += ["--pair-quota", "1000000", "--discord-calls-per-2-seconds", "1000000", *template_options()]
        self._launch("sandbox", command, self._sandbox_environment())
        wait_until(self._sandbox_answers)

    def start_senders(self) -> None:
        """Start the senders that are not there."""
        for number in range(self.senders):
            name = f"sender-{number}"
            if not self.is_alive(name):
                process = _FORK.Process(target=send_for_ever, args=(self.folder / f"{name}.log",), daemon=True)
                process.start()
                self.processes[name] = process

    def change_dealer(self, dealer: str) -> None:
        """Have the senders send Alimtalk messages through the other dealer."""
        self.dealer = dealer
        for number in range(self.senders):
            self.kill(f"sender-{number}")
        self._set_environment()
        self.start_senders()

    def is_alive(self, name: str) -> bool:
        """Tell whether a process is there."""
        process = self.processes.get(name)
        return process is not None and (process.is_alive() if hasattr(process, "is_alive") else process.poll() is None)

    def signal(self, name: str, number: int) -> None:
        """Send a signal to a process and all that it started."""
        process = self.processes[name]
        with suppress(ProcessLookupError):
            if name.startswith("sender"):
                os.kill(process.pid, number)
            else:
                os.killpg(process.pid, number)

    def kill(self, name: str) -> None:
        """End a process without warning and wait until it is gone."""
        self.signal(name, signal.SIGKILL)
        process = self.processes[name]
        process.join(10) if hasattr(process, "join") else process.wait(10)

    def stop(self) -> None:
        """End everything."""
        for name in [*filter(lambda name: name != "postgres", self.processes), "postgres"]:
            if self.is_alive(name):
                self.signal(name, signal.SIGCONT)
                self.kill(name)

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the fraud database as its owner, on a connection that no fork inherits."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def ask_named(self, statement: str, values: dict[str, Any]) -> None:
        """Have the fraud database do something, as its owner, with named values."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            connection.execute(statement, values)

    def _set_environment(self) -> None:
        os.environ["JIKIMI_DATABASE_URL"] = database_url(self.server.url, "jikimi", "jikimi", self.passwords["jikimi"])
        os.environ.setdefault("JIKIMI_FERNET_KEY", Fernet.generate_key().decode())
        accounts = SandboxAccounts(self.sandbox_url, ("127.0.0.1", self.ports["smtp"]), self.secrets, self.dealer)
        for connection in accounts.connections(self._refresh_token()):
            connection_id = connection.pop("connection_id")
            extra = json.loads(connection["extra"]) | {"timeout_seconds": 1, "messages_per_second": 10_000}
            if connection["conn_type"] == "kakao":
                extra |= {"sender_quota": 10**6, "app_quota": 10**6, "receiver_quota": 10**6, "pair_quota": 10**6}
            connection["extra"] = json.dumps(extra)
            os.environ[f"AIRFLOW_CONN_{connection_id.upper()}"] = json.dumps(connection)

    def _refresh_token(self) -> str:
        command = [sys.executable, "-m", "infra.kakao_sandbox", "consent", "--folder", str(self.folder / "sandbox")]
        given = subprocess.run(
            command, env=self._sandbox_environment(), check=True, capture_output=True, text=True, cwd=ROOT
        )
        return str(json.loads(given.stdout)["refresh_token"])

    def _sandbox_environment(self) -> dict[str, str]:
        return {**os.environ, **{variable: self.secrets[name] for variable, name in SANDBOX_SECRETS.items()}}

    def _launch(
        self, name: str, command: list[str], environment: dict[str, str] | None = None, user: str | None = None
    ) -> None:
        with (self.folder / f"{name}.log").open("a") as log:
            self.processes[name] = subprocess.Popen(
                command, env=environment, user=user, stdout=log, stderr=log, cwd=ROOT, start_new_session=True
            )

    def _postgres_answers(self) -> bool:
        try:
            psycopg.connect(self.server.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _sandbox_answers(self) -> bool:
        try:
            return requests.get(f"{self.sandbox_url}/health", timeout=2).ok
        except requests.RequestException:
            return False


@contextmanager
def running(folder: Path, senders: int = SENDERS) -> Iterator[Machines]:
    """Give the machines, started, and end them afterwards."""
    machines = Machines(folder, senders=senders)
    try:
        machines.start()
        yield machines
    finally:
        machines.stop()


def wait_until(is_true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something.

    :raises TimeoutError: it did not happen.
    """
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            raise TimeoutError(getattr(is_true, "__name__", "it") + f" was not true within {seconds} s")
        time.sleep(0.05)
