"""A stack of its own for a measurement: from a fresh clone, in a folder and on ports of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import psycopg
from psycopg.rows import dict_row

from infra.local.airflow_client import AirflowClient
from infra.local.leftovers import processes_of
from infra.local.settings import read_settings
from infra.postgres.databases import database_url
from tests.conftest import free_port

ROOT = Path(__file__).parents[2]
SERVICES = ("POSTGRES", "MLFLOW", "AIRFLOW", "SANDBOX", "SMTP", "GRAFANA", "REDIS")


class Clone:
    """A fresh clone of what is committed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / ".jikimi"
        ports = {f"JIKIMI_{name}_PORT": str(free_port()) for name in SERVICES}
        own = {name: value for name, value in os.environ.items() if not name.startswith(("JIKIMI_", "AIRFLOW", "MAKE"))}
        self.environment = own | ports | {"DETACH": "1", "YES": "1"}

    def make(self, *words: str) -> float:
        """Run make and return how many seconds it took; its output goes to a file beside the clone."""
        started = time.monotonic()
        with (self.folder.parent / "output.txt").open("a") as output:
            subprocess.run(
                ["make", *words], cwd=self.folder, env=self.environment, stdout=output, stderr=output, check=True
            )
        return time.monotonic() - started

    def jikimi(self, *words: str) -> str:
        """Run the command `jikimi` and return what it printed."""
        command = [str(self.folder / ".venv/bin/jikimi"), *words]
        environment = self.environment | {"JIKIMI_HOME": str(self.home)}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    @property
    def settings(self) -> Any:
        """The stack's settings, with its ports."""
        before = dict(os.environ)
        os.environ.update(self.environment)
        try:
            return read_settings(self.home)
        finally:
            os.environ.clear()
            os.environ.update(before)

    @property
    def module_environment(self) -> dict[str, str]:
        """What a module of ours needs to reach the stack from a process of its own, as several roles."""
        settings = self.settings
        own = {
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'plugins'}",
            "AIRFLOW_HOME": str(self.folder.parent / "airflow"),
            "PRODUCER_URL": settings.role_url("jikimi", "producer"),
            "OWNER_URL": database_url(settings.admin_url, "jikimi"),
        }
        return self.environment | settings.client_environment | own

    def run_module(self, name: str, *words: str) -> str:
        """Run a module that stands beside this one and return the last line that it printed."""
        command = [sys.executable, "-m", f"tests.benchmarks.{name}", *words]
        environment = self.module_environment
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout.strip().splitlines()[-1]

    def ask(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Ask the fraud database."""
        with psycopg.connect(self.settings.role_url("jikimi", "jikimi"), row_factory=dict_row) as connection:
            return connection.execute(statement, values).fetchall()

    def train_panel(self) -> str:
        """Have Airflow train a panel and return how its run ended."""
        airflow = AirflowClient(self.settings)
        run = airflow.start_run("train_panel")
        return str(wait_for(lambda: (s := airflow.run_state("train_panel", run)) in ("success", "failed") and s, 900))

    def take_any_panel(self) -> None:
        """Promote the first panel where the gate refused it, as by chance it may: its votes are not measured."""
        if not self.ask("select 1 from panels where state = 'champion'"):
            self.jikimi("panel", "promote", "1", "--force", "--reason", "a measurement of speed", "--yes")

    def memory_mb(self) -> int:
        """Return the memory of all processes, shared pages counted once (PSS)."""
        taken = {}
        for process in processes_of(self.home):
            # Tasks come and go meanwhile.
            with suppress(psutil.NoSuchProcess):
                for member in (process, *process.children(recursive=True)):
                    with suppress(psutil.NoSuchProcess):
                        taken[member.pid] = member.memory_full_info().pss
        return round(sum(taken.values()) / 1e6)


@contextmanager
def fresh_clone() -> Iterator[Clone]:
    """Give a clone and stop its stack afterwards."""
    with TemporaryDirectory(prefix="jikimi-bench-") as folder:
        target = Path(folder) / "jikimi"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(target)], check=True)
        clone = Clone(target)
        try:
            yield clone
        finally:
            clone.make("down")


def wait_for(is_true: Callable[[], Any], seconds: float, pause: float = 0.5) -> Any:
    """Wait for something true and return it."""
    deadline = time.monotonic() + seconds
    while not (found := is_true()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not true after {seconds} s")
        time.sleep(pause)
    return found


def as_json(text: str) -> dict[str, Any]:
    """Read what a command printed with --json."""
    return dict(json.loads(text))
