"""Each alarm on measures that must raise it, and on quiet ones; what cannot be judged is no finding."""

import pytest

from ml.monitoring import (
    Band,
    DataLimits,
    Day,
    Drift,
    Hour,
    UsualVote,
    VoteWindow,
    data_findings,
    drift_findings,
    performance_findings,
    vote_findings,
)

USUAL = {"xgboost": UsualVote(100, 10_000), "unanimous": UsualVote(50, 10_000)}
BAND = Band(min_rows=200, factor=3.0, windows=2)
LIMITS = DataLimits(silent_seconds=600, backlog_seconds=300, volume_factor=3.0, quarantine_share=0.05)
QUIET = VoteWindow(10_000, 110, 0, 0.001, 0.99)


def state(findings):
    return {(each.kind, each.subject): each.is_firing for each in findings}


def vote(*windows, usual=USUAL, unanimous=()):
    return state(vote_findings({"xgboost": windows}, unanimous, usual, BAND))


def test_a_quiet_vote_is_judged_and_right():
    assert vote(QUIET, QUIET, unanimous=[VoteWindow(10_000, 50)] * 2) == {
        ("member_missing", "xgboost"): False,
        ("member_constant", "xgboost"): False,
        ("member_out_of_band", "xgboost"): False,
        ("unanimous_out_of_band", ""): False,
    }


@pytest.mark.parametrize(
    ("kind", "windows"),
    [
        pytest.param("member_missing", [VoteWindow(10_000, 110, 3, 0.1, 0.9), QUIET], id="missing"),
        pytest.param("member_constant", [VoteWindow(10_000, 0, 0, 0.5, 0.5), QUIET], id="constant"),
        pytest.param("member_out_of_band", [VoteWindow(10_000, 900, 0, 0.1, 0.9)] * 2, id="too many votes"),
        pytest.param("member_out_of_band", [VoteWindow(10_000, 2, 0, 0.1, 0.9)] * 2, id="too few votes"),
    ],
)
def test_a_member_in_trouble_is_named(kind, windows):
    found = vote(*windows)
    assert found[(kind, "xgboost")]
    assert sum(found.values()) == 1


def test_one_window_outside_the_band_is_chance():
    outside = VoteWindow(10_000, 900, 0, 0.1, 0.9)
    assert not vote(outside, QUIET)[("member_out_of_band", "xgboost")]
    assert not vote(outside)[("member_out_of_band", "xgboost")]


def test_few_rows_say_nothing_of_shares_but_a_missing_vote_is_one():
    assert vote(VoteWindow(50, 50, 1, 0.5, 0.5)) == {("member_missing", "xgboost"): True}


def test_a_panel_without_a_reference_has_no_band():
    assert ("member_out_of_band", "xgboost") not in vote(QUIET, QUIET, usual={})


def test_without_windows_nothing_is_judged():
    assert vote() == {}


def test_a_panel_that_agrees_far_too_often_or_never_is_told():
    for rows in (600, 0):
        assert vote(QUIET, unanimous=[VoteWindow(100_000, rows * 10)] * 2)[("unanimous_out_of_band", "")]


def a_drift(kind="feature", name="amount", psi=0.3, missing=0.0, unseen=None):
    return Drift(kind, name, 1000, psi, missing, 0.01, unseen)


@pytest.mark.parametrize(
    ("psi", "before", "is_firing"),
    [
        pytest.param(0.3, 0.25, True, id="twice"),
        pytest.param(0.2, 0.2, True, id="at the limit"),
        pytest.param(0.3, 0.1, False, id="now"),
        pytest.param(0.1, 0.3, False, id="before"),
        pytest.param(0.3, None, False, id="the window before was not measured"),
    ],
)
@pytest.mark.parametrize("kind", ["feature", "score"])
def test_drift_is_told_after_two_windows(kind, psi, before, is_firing):
    known = {} if before is None else {(kind, "amount"): before}
    assert state(drift_findings([a_drift(kind, psi=psi)], known, 0.2))[(f"{kind}_drift", "amount")] is is_firing


def test_the_time_of_day_is_no_drift():
    assert state(drift_findings([a_drift(name="hour")], {("feature", "hour"): 9.0}, 0.2)) == {
        ("missing_values", "hour"): False
    }


@pytest.mark.parametrize("missing", [pytest.param(0.05, id="few"), pytest.param(0.2, id="many")])
def test_missing_values_are_compared_with_the_training(missing):
    found = state(drift_findings([a_drift(missing=missing)], {}, 0.2))
    assert found[("missing_values", "amount")] is (missing > 0.1)


@pytest.mark.parametrize("unseen", [pytest.param(0.01, id="few"), pytest.param(0.2, id="many")])
def test_categories_that_nobody_learned_are_told(unseen):
    found = state(drift_findings([a_drift(name="category", unseen=unseen)], {}, 0.2))
    assert found[("unseen_categories", "category")] is (unseen > 0.05)


@pytest.mark.parametrize(
    ("messages", "is_firing"),
    [pytest.param(50, False, id="within"), pytest.param(60, False, id="by chance"), pytest.param(150, True, id="over")],
)
def test_more_messages_than_the_budget_are_told(messages, is_firing):
    found = state(performance_findings(Day("2026-11-01", messages, 10_000), [], 50, None))
    assert found == {("messages_over_budget", ""): is_firing}


@pytest.mark.parametrize(
    ("hits", "is_firing"),
    [
        pytest.param(160, False, id="as judged"),
        pytest.param(70, False, id="by chance"),
        pytest.param(20, True, id="poor"),
    ],
)
def test_far_less_precise_messages_are_told(hits, is_firing):
    days = [Day("d", 100, 10_000, hits // 2)] * 2
    assert state(performance_findings(None, days, 50, 0.8)) == {("precision_low", ""): is_firing}


def test_no_messages_have_no_precision():
    assert state(performance_findings(None, [Day("d", 0, 10_000, 0)], 50, 0.8)) == {}
    assert state(performance_findings(None, [Day("d", 10, 10_000, 0)], 50, None)) == {}


def data(since=10.0, backlog=(0, 0.0), hour=None):
    return state(data_findings(since, backlog, hour, LIMITS))


def test_quiet_data_are_right():
    assert data(hour=Hour("12:00", 1000, 900.0, 5, "amount")) == dict.fromkeys(
        [("backlog_old", ""), ("nothing_lands", ""), ("volume_out_of_band", ""), ("quarantine_high", "")], False
    )


@pytest.mark.parametrize(
    ("kind", "trouble"),
    [
        pytest.param("nothing_lands", {"since": 601.0}, id="silence"),
        pytest.param("backlog_old", {"backlog": (3, 301.0)}, id="backlog"),
        pytest.param("volume_out_of_band", {"hour": Hour("h", 0, 900.0, 0, "")}, id="no rows"),
        pytest.param("volume_out_of_band", {"hour": Hour("h", 4000, 900.0, 0, "")}, id="very many rows"),
        pytest.param("quarantine_high", {"hour": Hour("h", 1000, 900.0, 200, "amount")}, id="refused"),
    ],
)
def test_data_in_trouble_are_told(kind, trouble):
    assert [each for each, is_firing in data(**trouble).items() if is_firing] == [(kind, "")]


def test_where_nothing_ever_landed_nothing_is_wrong():
    assert data(since=None) == {("backlog_old", ""): False}


def test_a_small_hour_and_a_first_week_have_no_usual_volume():
    assert ("volume_out_of_band", "") not in data(hour=Hour("h", 3, 15.0, 0, ""))
    assert ("volume_out_of_band", "") not in data(hour=Hour("h", 3000, None, 0, ""))


def test_three_of_twelve_refused_rows_are_no_alarm():
    assert not data(hour=Hour("h", 12, None, 3, "amount"))[("quarantine_high", "")]
