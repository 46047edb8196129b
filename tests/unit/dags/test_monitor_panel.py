"""The monitor looks every five minutes, and what it finds starts a training."""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path

import pytest

DAGS = Path(__file__).parents[3] / "dags"


@pytest.fixture(scope="module")
def load():
    def dag_of(name):
        spec = importlib.util.spec_from_file_location(f"dag_file_{name}", DAGS / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return next(value for value in vars(module).values() if getattr(value, "dag_id", None) == name).dag

    return dag_of


def test_drift_starts_a_training_and_so_does_the_week(load):
    schedule = load("train_panel").timetable
    assert [asset.name for asset in schedule.asset_condition.objects] == ["drift_found"]
    assert schedule.timetable.expression == "0 0 * * 0"


def test_a_stack_that_begins_on_a_sunday_waits_for_the_next(load, monkeypatch):
    from airflow.serialization.serialized_objects import DagSerialization
    from airflow.timetables.base import TimeRestriction

    weekly = DagSerialization.from_dict(DagSerialization.to_dict(load("train_panel"))).timetable
    sunday = datetime(2026, 11, 29, 1, tzinfo=UTC)
    monkeypatch.setattr("airflow.timetables.trigger.utcnow", lambda: sunday)
    first = weekly.next_dagrun_info(
        last_automated_data_interval=None, restriction=TimeRestriction(earliest=None, latest=None, catchup=False)
    )
    assert first.run_after == datetime(2026, 12, 6, tzinfo=UTC)


def test_only_the_last_task_raises_the_event(load):
    dag = load("monitor_panel")
    outlets = {task_id: [asset.name for asset in dag.get_task(task_id).outlets] for task_id in dag.task_ids}
    assert outlets == {"watch_panel": [], "request_training": ["drift_found"]}
    assert dag.get_task("request_training").upstream_task_ids == {"watch_panel"}


def test_one_monitor_runs_at_a_time(load):
    assert load("monitor_panel").max_active_runs == 1
