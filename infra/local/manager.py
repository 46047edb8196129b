"""Supervisor, the process manager: starts it, asks it, stops it.

Supervisor restarts what dies and signals whole process groups; see `leftovers` for the groups that it cannot know.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
import xmlrpc.client
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import Faults, SupervisorTransport

from infra.local.leftovers import end_processes_of
from infra.local.services import Service
from infra.local.settings import ROOT, STACK_VARIABLE, Settings, write_private
from infra.local.supervised import configuration_of

# A Unix socket's path may have about 100 characters, a checkout's folder may have more.
_LONGEST_SOCKET_PATH = 95
# Tasks ask these until they end: a task that cannot tell the api-server how it ended would be waited for and killed.
ASKED_BY_TASKS = frozenset({"api-server", "mlflow", "sandbox", "redis"})
_RUNNING = ("RUNNING", "STARTING", "BACKOFF")


class Manager:
    """The supervisor of one stack."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._home = settings.home
        self._socket = _socket_path(settings.home)

    def start(self, services: list[Service]) -> None:
        """Start the supervisor in the background, and with it the services that start with the stack."""
        (self._home / "logs").mkdir(exist_ok=True)
        configuration = self._home / "supervisord.conf"
        write_private(configuration, configuration_of(self._settings, services, self._socket))
        environment = {**os.environ, **self._settings.client_environment, STACK_VARIABLE: str(self._home)}
        # Airflow's processes rename themselves; the new name must not overwrite the mark.
        environment["SPT_NOENV"] = "1"
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)]
        subprocess.run(command, check=True, cwd=ROOT, env=environment, start_new_session=True)

    def is_running(self) -> bool:
        """Tell whether a supervisor answers."""
        try:
            return bool(self._rpc.getState())
        except (OSError, xmlrpc.client.Error):
            return False

    def start_service(self, name: str) -> None:
        """Start one service, where it does not run yet."""
        if self.state_of(name) not in ("RUNNING", "STARTING"):
            self._rpc.startProcess(name, False)

    def stop_service(self, name: str) -> None:
        """Stop one service and wait until it has ended."""
        self._rpc.stopProcess(name)

    def pid_of(self, name: str) -> int:
        """Return the process that leads a service."""
        return int(self._rpc.getProcessInfo(name)["pid"])

    def state_of(self, name: str) -> str:
        """Return Supervisor's word for the state of a service, for example `RUNNING` or `FATAL`."""
        return str(self._rpc.getProcessInfo(name)["statename"])

    def failed(self) -> list[str]:
        """Return the services that Supervisor gave up."""
        return [info["name"] for info in self._rpc.getAllProcessInfo() if info["statename"] == "FATAL"]

    def stop(self) -> int:
        """Stop everything. Returns the number of processes that had to be ended one by one."""
        if self.is_running():
            # Somebody else may have begun to shut it down.
            with _passing_over(Faults.SHUTDOWN_STATE):
                self._stop_clients()
                self._rpc.shutdown()
            _wait(self._is_gone, 60)
        return end_processes_of(self._home)

    def _stop_clients(self) -> None:
        """Stop who asks before who is asked, and leave PostgreSQL, so that everyone can say goodbye to it."""
        clients = {info["name"] for info in self._rpc.getAllProcessInfo()} - {"postgres"}
        asking = clients - ASKED_BY_TASKS
        # The triggerer asks none of them, and often takes ten seconds to see that its child has ended.
        self._stop_together(asking, waiting_for=asking - {"triggerer"})
        self._stop_together(clients, waiting_for=clients)

    def _stop_together(self, names: set[str], waiting_for: set[str]) -> None:
        """Stop services; what died and is started anew meanwhile is stopped again."""

        def are_stopped() -> bool:
            running = {name for name in names if self._is_told_to_stop(name)}
            return not running & waiting_for

        _wait(are_stopped, 30)

    def _is_told_to_stop(self, name: str) -> bool:
        """Tell one that runs to stop, and say whether it still has to end."""
        if (state := self.state_of(name)) in _RUNNING:
            # It may have ended by itself since we asked.
            with _passing_over(Faults.NOT_RUNNING):
                self._rpc.stopProcess(name, False)
        return state in (*_RUNNING, "STOPPING")

    def _is_gone(self) -> bool:
        """Tell whether no supervisor answers; one that shuts down answers each question with a fault."""
        try:
            self._rpc.getState()
        except OSError:
            return True
        except xmlrpc.client.Error:
            pass
        return False

    @property
    def _rpc(self) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor


@contextmanager
def _passing_over(code: int) -> Iterator[None]:
    """Pass over one of Supervisor's faults; any other is raised."""
    try:
        yield
    except xmlrpc.client.Fault as fault:
        if fault.faultCode != code:
            raise


def _socket_path(home: Path) -> Path:
    path = home / "supervisor.sock"
    if len(str(path)) <= _LONGEST_SOCKET_PATH:
        return path
    folder = Path(tempfile.gettempdir()) / f"jikimi-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise PermissionError(f"{folder} belongs to somebody else: remove it, or set JIKIMI_HOME to a shorter path.")
    return folder / "supervisor.sock"


def _wait(is_done: Any, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_done() and time.monotonic() < deadline:
        time.sleep(0.2)
