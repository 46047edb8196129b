"""How a stack is stopped, told to a supervisor that only notes it."""

import xmlrpc.client

import pytest
from supervisor.xmlrpc import Faults

from infra.local import manager
from infra.local.manager import ASKED_BY_TASKS, Manager
from infra.local.services import services_of
from infra.local.settings import read_settings
from infra.local.supervised import configuration_of

SERVICES = ("postgres", "mlflow", "sandbox", "api-server", "triggerer", "scheduler", "replay")


class FakeSupervisor:
    """Keeps each service's state and what it was told; what is told to stop is stopped at the look after the next."""

    def __init__(self):
        self.states = dict.fromkeys(SERVICES, "RUNNING")
        self.told = []
        self.is_there = True
        self.vanishing = set()

    def getState(self):  # noqa: N802 - Supervisor's names
        if not self.is_there:
            raise ConnectionRefusedError
        return {"statename": "RUNNING"}

    def getAllProcessInfo(self):  # noqa: N802
        return [{"name": name} for name in self.states]

    def getProcessInfo(self, name):  # noqa: N802
        state = self.states[name]
        if state == "STOPPING":
            self.states[name] = "STOPPED"
        return {"statename": state}

    def stopProcess(self, name, wait):  # noqa: N802
        if name in self.vanishing:
            self.states[name] = "EXITED"
            raise xmlrpc.client.Fault(Faults.NOT_RUNNING, f"NOT_RUNNING: {name}")
        self.told.append((name, [each for each, state in self.states.items() if state == "RUNNING"]))
        self.states[name] = "STOPPING"

    def shutdown(self):
        self.told.append(("shutdown", [name for name, state in self.states.items() if state == "RUNNING"]))
        self.is_there = False


@pytest.fixture
def settings(tmp_path):
    return read_settings(tmp_path / "home")


@pytest.fixture
def supervisor(monkeypatch):
    fake = FakeSupervisor()
    monkeypatch.setattr(Manager, "_rpc", fake)
    monkeypatch.setattr(manager, "end_processes_of", lambda home: 0)
    return fake


def test_who_asks_stops_before_who_is_asked_and_postgresql_last(settings, supervisor):
    assert Manager(settings).stop() == 0
    still_running = dict(supervisor.told)
    assert still_running.keys() == {*SERVICES, "shutdown"} - {"postgres"}
    for name in ASKED_BY_TASKS & still_running.keys():
        assert set(still_running[name]) <= {*ASKED_BY_TASKS, "postgres"}
    assert still_running["shutdown"] == ["postgres"]


def test_what_starts_again_and_again_is_stopped_and_what_is_over_is_left(settings, supervisor):
    supervisor.states |= {"scheduler": "BACKOFF", "replay": "EXITED"}
    Manager(settings).stop()
    told = [name for name, _ in supervisor.told]
    assert "scheduler" in told
    assert "replay" not in told


def test_what_ends_while_it_is_told_to_stop_stands_in_no_others_way(settings, supervisor):
    supervisor.vanishing = {"scheduler", "mlflow"}
    Manager(settings).stop()
    assert supervisor.told[-1] == ("shutdown", ["postgres"])


def test_two_may_stop_it_at_once(settings, supervisor, monkeypatch):
    def refuse(name):
        supervisor.is_there = False
        raise xmlrpc.client.Fault(Faults.SHUTDOWN_STATE, "SHUTDOWN_STATE")

    monkeypatch.setattr(supervisor, "getProcessInfo", refuse)
    assert Manager(settings).stop() == 0
    assert supervisor.told == []


def test_services_that_tasks_ask_are_services(settings, monkeypatch):
    monkeypatch.setenv("EXECUTOR", "celery")
    monkeypatch.setattr("infra.local.services.find_redis", lambda: "redis-server")
    assert {service.name for service in services_of(read_settings(settings.home))} >= ASKED_BY_TASKS


def test_a_secret_with_a_percent_sign_reaches_a_service_as_it_is(settings, monkeypatch, tmp_path):
    monkeypatch.setitem(settings.secrets, "airflow_jwt", "50%d")
    text = configuration_of(settings, services_of(settings), tmp_path / "socket")
    assert 'AIRFLOW__API_AUTH__JWT_SECRET="50%%d"' in text
    assert "[program:scheduler]" in text
