"""One stack of `make up`, as a person has it in front of them, on a folder and ports of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import requests
from psycopg.rows import dict_row

from infra.local.airflow_client import AirflowClient
from infra.local.leftovers import processes_of
from infra.local.manager import Manager
from infra.local.settings import read_settings
from tests.conftest import free_port

ROOT = Path(__file__).parents[2]
_PORTED = ("POSTGRES", "MLFLOW", "AIRFLOW", "SANDBOX", "SMTP", "GRAFANA", "REDIS")


def environment_for(home: Path, **variables: str) -> dict[str, str]:
    """Return what `make up` needs to run a stack in `home` beside any other, and to come back."""
    ports = {f"JIKIMI_{name}_PORT": str(free_port()) for name in _PORTED}
    return {**os.environ, **ports, "JIKIMI_HOME": str(home), "DETACH": "1", **variables}


@dataclass
class RunningStack:
    """What a person has in front of them: the command line, the pages, SQL.

    :param patience_seconds: most that one command may take.
    """

    home: Path
    environment: dict[str, str] = field(repr=False)
    patience_seconds: float = 420

    def make(self, verb: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Do what `make <verb>` does, once the packages are there."""
        command = [sys.executable, "-m", "infra.local", verb]
        return self._run(command, self.environment | variables)

    @contextmanager
    def attached(self, verb: str, **variables: str) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
        """Do what `make <verb>` does on a terminal that stays; gives its process and the file of its output."""
        output = self.home.parent / "terminal.txt"
        environment = {name: value for name, value in self.environment.items() if name != "DETACH"} | variables
        with output.open("w") as stream:
            command = [sys.executable, "-m", "infra.local", verb]
            process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=stream, stderr=stream)
        try:
            yield process, output
        finally:
            process.kill()
            process.wait()

    def jikimi(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the command `jikimi`, with nothing but the folder to find the stack by."""
        command = [str(Path(sys.executable).parent / "jikimi"), *words]
        return self._run(command, {**os.environ, "JIKIMI_HOME": str(self.home)})

    def status(self) -> dict[str, Any]:
        """Return `jikimi status --json`."""
        done = self.jikimi("status", "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def ask(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Ask the fraud database, as the role `jikimi`."""
        with psycopg.connect(self.settings.role_url("jikimi", "jikimi"), row_factory=dict_row) as connection:
            return connection.execute(statement, values).fetchall()

    def ask_airflow(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask Airflow's own database."""
        with psycopg.connect(self.settings.role_url("airflow", "airflow")) as connection:
            return connection.execute(statement).fetchall()

    def land(self, *rows: dict[str, Any]) -> None:
        """Land rows as a producer does."""
        with psycopg.connect(self.settings.role_url("jikimi", "producer")) as connection:
            for row in rows:
                names, marks = ", ".join(row), ", ".join(f"%({name})s" for name in row)
                connection.execute(f"insert into landed_transactions ({names}) values ({marks})", row)

    def messages(self) -> list[dict[str, Any]]:
        """Return what the sandbox received."""
        return requests.get(f"{self.settings.url('sandbox')}/admin/messages", timeout=10).json()

    def stop(self, service: str) -> None:
        """Stop a service as its manager would."""
        self.manager.stop_service(service)

    def start(self, service: str) -> None:
        """Start a service that was stopped."""
        self.manager.start_service(service)

    def kill(self, service: str) -> None:
        """End the process that leads a service, without warning."""
        os.kill(self.manager.pid_of(service), signal.SIGKILL)

    def kill_manager(self) -> None:
        """End the process manager, without warning."""
        os.kill(int((self.home / "supervisord.pid").read_text()), signal.SIGKILL)

    def listening(self) -> set[tuple[str, int]]:
        """Return address and port of everything that the stack's processes listen on."""
        found = set()
        for process in self.processes:
            # Tasks come and go meanwhile.
            with suppress(psutil.NoSuchProcess):
                sockets = process.net_connections("inet")
                found |= {tuple(each.laddr) for each in sockets if each.status == psutil.CONN_LISTEN}
        return found

    @property
    def manager(self) -> Manager:
        return Manager(self.settings)

    @property
    def settings(self) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            return read_settings(self.home)

    @property
    def airflow(self) -> AirflowClient:
        return AirflowClient(self.settings)

    @property
    def processes(self) -> list[Any]:
        return processes_of(self.home)

    def _run(self, command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        # A file and not a pipe: the services inherit the output, and a pipe would stay open as long as they live.
        with (self.home.parent / "output.txt").open("w+", encoding="utf-8") as output:
            done = subprocess.run(
                command, env=environment, cwd=ROOT, stdout=output, stderr=output, timeout=self.patience_seconds
            )
            output.seek(0)
            text = output.read()
        return subprocess.CompletedProcess(command, done.returncode, text, text)
