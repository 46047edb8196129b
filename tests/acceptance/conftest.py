"""The whole stack, started as `make up` starts it, in a folder and on ports of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from psycopg.rows import dict_row

from infra.local.airflow_client import AirflowClient
from infra.local.leftovers import processes_of
from infra.local.settings import read_settings
from tests.conftest import free_port

ROOT = Path(__file__).parents[2]
_PORTED = ("POSTGRES", "MLFLOW", "AIRFLOW", "SANDBOX", "SMTP", "GRAFANA", "REDIS")
# Small enough for two cores, large enough that a panel finds the fraud in it.
_SMALL = {"JIKIMI_DEMO_CUSTOMERS": "800", "JIKIMI_DEMO_MERCHANTS": "200", "JIKIMI_DEMO_HISTORY_DAYS": "60"}


@dataclass
class RunningStack:
    """What a person has in front of them: the command line, the pages, SQL."""

    home: Path
    environment: dict[str, str] = field(repr=False)

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
        yield process, output
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

    def land(self, *rows: dict[str, Any]) -> None:
        """Land rows as a producer does."""
        with psycopg.connect(self.settings.role_url("jikimi", "producer")) as connection:
            for row in rows:
                names, marks = ", ".join(row), ", ".join(f"%({name})s" for name in row)
                connection.execute(f"insert into landed_transactions ({names}) values ({marks})", row)

    def messages(self) -> list[dict[str, Any]]:
        """Return what the sandbox received."""
        return requests.get(f"{self.settings.url('sandbox')}/admin/messages", timeout=10).json()

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
            done = subprocess.run(command, env=environment, cwd=ROOT, stdout=output, stderr=output, timeout=420)
            output.seek(0)
            text = output.read()
        return subprocess.CompletedProcess(command, done.returncode, text, text)


@pytest.fixture(scope="session")
def cold_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack that has its folder and its ports, but does not run yet."""
    home = tmp_path_factory.mktemp("stack") / "home"
    home.mkdir(mode=0o700)
    ports = {f"JIKIMI_{name}_PORT": str(free_port()) for name in _PORTED}
    stack = RunningStack(home, {**os.environ, **ports, **_SMALL, "JIKIMI_HOME": str(home), "DETACH": "1"})
    yield stack
    stack.make("down")


@pytest.fixture(scope="session")
def bare_stack(cold_stack: RunningStack) -> RunningStack:
    """A running stack without simulated data."""
    done = cold_stack.make("up", DEMO="0")
    assert done.returncode == 0, done.stdout
    return cold_stack


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., None]:
    """Wait for something to become true, and say what did not."""

    def wait(is_true: Callable[[], Any], what: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not is_true():
            assert time.monotonic() < deadline, f"after {seconds:.0f} s still not true: {what}"
            time.sleep(0.5)

    return wait
