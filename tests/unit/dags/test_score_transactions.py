"""How the tasks of `score_transactions` follow each other."""

import importlib.util
from pathlib import Path

import pytest

FILE = Path(__file__).parents[3] / "dags" / "score_transactions.py"


@pytest.fixture(scope="module")
def dag():
    spec = importlib.util.spec_from_file_location(FILE.stem, FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.score_batch.dag


def test_three_tasks_follow_each_other(dag):
    assert [task.task_id for task in dag.topological_sort()] == ["validate_batch", "score_batch", "send_alerts"]
    assert dag.get_task("send_alerts").upstream_task_ids == {"score_batch"}


def test_scoring_is_one_task_for_each_part_that_validation_returns(dag):
    score_batch = dag.get_task("score_batch")
    assert score_batch.is_mapped
    assert [task.task_id for task in score_batch.iter_mapped_dependencies()] == ["validate_batch"]


def test_alerts_are_sent_where_nothing_was_scored_and_not_where_scoring_failed(dag):
    assert dag.get_task("send_alerts").trigger_rule == "none_failed"
