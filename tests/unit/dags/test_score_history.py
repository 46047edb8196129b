"""The DAG of backfills: a month a run, and nothing by itself."""

import runpy
from datetime import UTC, datetime
from pathlib import Path

import pytest

FILE = Path(__file__).parents[3] / "dags" / "score_history.py"


@pytest.fixture(scope="module")
def dag():
    return runpy.run_path(str(FILE))["dag"]


def test_a_backfill_has_one_run_for_each_month_the_present_one_included(dag):
    from airflow.serialization.serialized_objects import DagSerialization

    stored = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    first, last = datetime(2018, 4, 1, tzinfo=UTC), datetime(2018, 6, 1, tzinfo=UTC)
    infos = list(stored.iter_dagrun_infos_between(first, last))
    assert [info.logical_date.month for info in infos] == [4, 5, 6]
    # Airflow makes no run whose interval has not ended: this one ends as the month begins.
    assert all(info.data_interval.end == info.logical_date for info in infos)
    assert stored.timetable.periodic


def test_it_never_catches_up(dag):
    assert dag.catchup is False
    assert set(dag.params) == {"panel_id", "since", "until"}
