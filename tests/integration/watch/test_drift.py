"""Drift on a real PostgreSQL: measured once a window, told and trained on after two."""

from datetime import timedelta

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from jikimi.operators.monitor import RequestTrainingOperator
from jikimi.store import monitors
from jikimi.store.monitors import Span
from jikimi.store.retraining import TrainingRequest, request_training
from jikimi.watch.drift import watch_drift
from tests.integration.watch.conftest import MEMBERS, NOW

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
IN_WINDOW = NOW - timedelta(minutes=30)


def measures(store):
    return store.execute("select * from drift_measures order by measured_until, kind, name").fetchall()


def two_windows(watch, scored, champion, first, second):
    """Write and measure two hours in a row; returns what is wrong after the second."""
    scored(champion.panel_id, 1000, IN_WINDOW - HOUR, **first)
    watch(watch_drift, champion, NOW - HOUR)
    scored(champion.panel_id, 1000, IN_WINDOW, **second)
    return watch(watch_drift, champion)


def ask(run_id="run"):
    return RequestTrainingOperator(task_id="request_training").execute({"run_id": run_id})


def test_rows_like_those_of_the_training_are_no_drift(store, watch, scored, panel):
    quiet = {"frauds": 10}
    wrong = two_windows(watch, scored, panel(), quiet, quiet)
    scores = [row for row in measures(store) if row["kind"] == "score"]
    assert len(scores) == 6
    assert all(row["psi"] < 0.1 and row["window_rows"] == 1000 for row in scores)
    assert {subject for kind, subject in wrong if kind == "score_drift"} == set()
    features = {row["name"]: row for row in measures(store) if row["kind"] == "feature"}
    assert features["amount"]["psi"] < 0.1
    assert features["hour"]["is_calendar"]


def test_scores_that_moved_are_told_after_two_windows(store, watch, scored, panel):
    champion = panel()
    moved = {"frauds": 10, "shift": 0.2}
    scored(champion.panel_id, 1000, IN_WINDOW - HOUR, **moved)
    first = watch(watch_drift, champion, NOW - HOUR)
    assert not [each for each in first if each[0] == "score_drift"]
    scored(champion.panel_id, 1000, IN_WINDOW, **moved)
    second = watch(watch_drift, champion)
    assert {subject for kind, subject in second if kind == "score_drift"} == set(MEMBERS)


def test_a_feature_that_moved_and_new_categories_are_told(store, watch, scored, panel):
    moved = {"amount": 500, "category": "casino"}
    wrong = two_windows(watch, scored, panel(), moved, moved)
    assert {("feature_drift", "amount"), ("unseen_categories", "category"), ("feature_drift", "category")} <= wrong


def test_what_is_no_longer_known_is_told(store, watch, scored, panel):
    wrong = two_windows(watch, scored, panel(), {"category": None}, {"category": None})
    assert ("missing_values", "category") in wrong


def test_a_window_is_measured_once(store, watch, scored, panel):
    champion = panel()
    scored(champion.panel_id, 1000, IN_WINDOW)
    watch(watch_drift, champion)
    before = measures(store)
    assert watch(watch_drift, champion, NOW + timedelta(minutes=5)) == set()
    assert measures(store) == before


@pytest.mark.parametrize("rows", [pytest.param(0, id="none"), pytest.param(1, id="one")])
def test_too_few_rows_say_so(store, watch, scored, panel, rows):
    champion = panel()
    if rows:
        scored(champion.panel_id, rows, IN_WINDOW)
    assert watch(watch_drift, champion) == set()
    (row,) = measures(store)
    assert (row["state"], row["kind"], row["window_rows"], row["psi"]) == ("too_few_rows", "panel", rows, None)


def test_a_panel_of_before_the_monitors_has_no_reference(store, watch, scored, panel):
    champion = panel(has_reference=False)
    scored(champion.panel_id, 1000, IN_WINDOW)
    assert watch(watch_drift, champion) == set()
    assert [row["state"] for row in measures(store)] == ["no_reference"]


def test_without_a_champion_nothing_is_measured(store, watch):
    assert watch(watch_drift, None) == set()
    assert measures(store) == []


def test_the_sample_is_bounded_the_same_each_time_and_never_empty(store, scored, panel):
    champion = panel()
    for _ in range(20):
        scored(champion.panel_id, 10, IN_WINDOW)
    span = Span(NOW - HOUR, NOW)
    sample = monitors.sample_batches(store, champion.panel_id, span, 55)
    assert len(sample) == 5
    assert sample == monitors.sample_batches(store, champion.panel_id, span, 55)
    assert len(monitors.sample_batches(store, champion.panel_id, span, 1)) == 1


def test_a_training_starts_only_after_two_windows(store, watch, scored, panel):
    champion = panel()
    scored(champion.panel_id, 1000, IN_WINDOW - HOUR, shift=0.2)
    watch(watch_drift, champion, NOW - HOUR)
    with pytest.raises(AirflowSkipException):
        ask()
    scored(champion.panel_id, 1000, IN_WINDOW, shift=0.2)
    watch(watch_drift, champion)
    assert "PSI" in ask()
    assert store.execute("select count(*) from training_requests").fetchone()["count"] == 1


def test_a_quiet_panel_is_not_trained(store, watch, scored, panel):
    with pytest.raises(AirflowSkipException, match="nothing has drifted"):
        ask()
    champion = panel()
    scored(champion.panel_id, 100, IN_WINDOW)
    watch(watch_drift, champion)
    with pytest.raises(AirflowSkipException, match="nothing has drifted"):
        ask()


def request(run_id, measured_until, panel_id=1):
    return TrainingRequest(panel_id, run_id, "why", measured_until)


def test_within_the_cool_down_no_second_training_starts(store, panel):
    panel()
    assert request_training(store, request("a", NOW), NOW, DAY)
    assert not request_training(store, request("b", NOW + 5 * HOUR), NOW + 5 * HOUR, DAY)
    assert request_training(store, request("c", NOW + DAY), NOW + DAY, DAY)
    assert not request_training(store, request("d", NOW + DAY + HOUR), NOW + DAY + HOUR, DAY)


def test_the_same_windows_start_no_second_training(store, panel):
    panel()
    assert request_training(store, request("a", NOW), NOW + HOUR, DAY)
    assert not request_training(store, request("b", NOW), NOW + 5 * DAY, DAY)


def test_a_run_that_stopped_before_anyone_heard_of_it_starts_it_again(store, panel):
    panel()
    assert request_training(store, request("a", NOW), NOW, DAY)
    assert request_training(store, request("a", NOW), NOW + HOUR, DAY)
    assert store.execute("select count(*) from training_requests").fetchone()["count"] == 1
