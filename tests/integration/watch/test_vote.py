"""The vote is watched on a real PostgreSQL: each alarm on votes that must raise it, none on quiet ones."""

from datetime import timedelta

import pytest

from jikimi.watch.vote import watch_vote
from tests.integration.watch.conftest import MEMBERS, NOW

WINDOW = timedelta(minutes=15)
IN_WINDOW, BEFORE = NOW - timedelta(minutes=10), NOW - timedelta(minutes=25)


def alarms(store):
    return store.execute("select kind, subject, closed_at from monitor_alarms order by alarm_id").fetchall()


def both_windows(store, watch, scored, champion, **how):
    scored(champion.panel_id, 1000, BEFORE, **how)
    watch(watch_vote, champion, NOW - WINDOW)
    scored(champion.panel_id, 1000, IN_WINDOW, **how)
    return watch(watch_vote, champion)


def test_a_quiet_vote_is_measured_and_raises_nothing(store, watch, scored, panel):
    assert both_windows(store, watch, scored, panel(), frauds=10) == set()
    assert alarms(store) == []
    panel_row = store.execute("select * from panel_votes order by measured_until desc").fetchone()
    assert [panel_row[name] for name in ("scored_rows", "unanimous_rows", "majority_rows", "disputed_rows")] == [
        *(1000, 10, 10, 0)
    ]
    assert panel_row["measured_until"] == NOW - timedelta(minutes=3)
    members = store.execute("select distinct member, scored_rows, fraud_rows, missing_rows from member_votes")
    assert sorted(tuple(row.values()) for row in members) == [(member, 1000, 10, 0) for member in MEMBERS]
    pairs = store.execute("select member, other, both_rows, agreeing_rows, both_fraud_rows from member_agreements")
    assert {tuple(row.values()) for row in pairs} == {
        ("alpha", "beta", 1000, 1000, 10),
        ("alpha", "gamma", 1000, 1000, 10),
        ("beta", "gamma", 1000, 1000, 10),
    }


@pytest.mark.parametrize(
    ("how", "wrong"),
    [
        pytest.param({"frauds": 10, "silent": ["beta"]}, {("member_missing", "beta")}, id="missing"),
        pytest.param(
            {"frauds": 10, "by": ["alpha", "beta"], "constant": ["gamma"]},
            {("member_constant", "gamma")},
            id="constant",
        ),
        pytest.param(
            {"frauds": 300, "by": ["alpha"]},
            {("member_out_of_band", "alpha")},
            id="one calls too much fraud",
        ),
        pytest.param(
            {"frauds": 300},
            {("member_out_of_band", member) for member in MEMBERS} | {("unanimous_out_of_band", "")},
            id="all do",
        ),
    ],
)
def test_a_member_in_trouble_is_named(store, watch, scored, panel, how, wrong):
    assert both_windows(store, watch, scored, panel(), **how) == wrong
    assert {(row["kind"], row["subject"]) for row in alarms(store)} == wrong


def test_one_window_outside_its_band_is_no_alarm_yet(store, watch, scored, panel):
    champion = panel()
    scored(champion.panel_id, 1000, IN_WINDOW, frauds=300)
    assert watch(watch_vote, champion) == set()


def test_windows_with_a_gap_between_them_are_not_in_a_row(store, watch, scored, panel):
    champion = panel()
    scored(champion.panel_id, 1000, BEFORE - WINDOW, frauds=300)
    watch(watch_vote, champion, NOW - 2 * WINDOW)
    scored(champion.panel_id, 1000, IN_WINDOW, frauds=300)
    assert watch(watch_vote, champion) == set()


def test_an_alarm_ends_when_the_member_votes_again(store, watch, scored, panel):
    champion = panel()
    scored(champion.panel_id, 300, BEFORE, silent=["beta"])
    assert watch(watch_vote, champion, NOW - WINDOW) == {("member_missing", "beta")}
    scored(champion.panel_id, 300, IN_WINDOW)
    assert watch(watch_vote, champion) == set()
    assert [row["closed_at"] for row in alarms(store)] == [NOW]


def test_a_quiet_hour_neither_opens_nor_closes(store, watch, scored, panel):
    champion = panel()
    scored(champion.panel_id, 300, BEFORE, silent=["beta"])
    watch(watch_vote, champion, NOW - WINDOW)
    assert watch(watch_vote, champion) == set()
    assert [row["closed_at"] for row in alarms(store)] == [None]


@pytest.mark.parametrize("rows", [pytest.param(0, id="no rows"), pytest.param(1, id="one row")])
def test_hardly_any_rows_raise_nothing(store, watch, scored, panel, rows):
    champion = panel()
    if rows:
        scored(champion.panel_id, rows, IN_WINDOW, frauds=1)
    assert watch(watch_vote, champion) == set()


def test_without_a_champion_the_vote_of_others_is_measured(store, watch, scored, panel):
    champion = panel()
    store.execute("update panels set state = 'retired'")
    scored(champion.panel_id, 300, IN_WINDOW, silent=["beta"])
    assert watch(watch_vote, None) == set()
    assert store.execute("select count(*) from panel_votes").fetchone()["count"] == 1


def test_a_panel_of_before_the_monitors_has_no_band(store, watch, scored, panel):
    assert both_windows(store, watch, scored, panel(has_reference=False), frauds=300) == set()


def test_a_shadow_is_measured_apart_and_raises_nothing(store, watch, scored, panel):
    champion = panel()
    scored(champion.panel_id, 300, IN_WINDOW, silent=["beta"], is_shadow=True)
    assert watch(watch_vote, champion) == set()
    assert store.execute("select is_shadow from panel_votes").fetchall() == [{"is_shadow": True}]


def test_a_window_measured_twice_is_counted_once(store, watch, scored, panel):
    champion = panel()
    scored(champion.panel_id, 300, IN_WINDOW)
    watch(watch_vote, champion)
    scored(champion.panel_id, 50, IN_WINDOW)
    watch(watch_vote, champion, NOW + timedelta(minutes=5))
    assert store.execute("select scored_rows from panel_votes").fetchall() == [{"scored_rows": 350}]
