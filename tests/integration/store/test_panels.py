"""One champion, chosen from the candidates, whatever is run again."""

from datetime import UTC, datetime

import pytest

from jikimi.exceptions import JikimiError
from jikimi.store.connection import open_store
from jikimi.store.panels import Member, NewPanel, champion, promote, record_panel, reject

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


def new_panel(version=1):
    members = (Member("alpha", "jikimi_alpha", version, 0.5), Member("beta", "jikimi_beta", version, 0.25))
    return NewPanel(
        "unanimous", 50, f"run-{version}", NOW, NOW, NOW, NOW, members, {"auc": 0.9}, {"alpha": {"auc": 0.8}}
    )


def test_before_the_first_promotion_there_is_no_champion(store):
    record_panel(store, new_panel())
    assert champion(store) is None


def test_the_champion_has_its_members_and_thresholds(store):
    promote(store, record_panel(store, new_panel()), "first")
    panel = champion(store)
    assert [(member.name, member.threshold) for member in panel.members] == [("alpha", 0.5), ("beta", 0.25)]
    assert panel.mlflow_run_id == "run-1"


def test_a_promotion_retires_the_champion(store):
    promote(store, record_panel(store, new_panel(1)), "first")
    second = record_panel(store, new_panel(2))
    promote(store, second, "better")
    assert champion(store).panel_id == second
    states = store.execute("select state from panels order by panel_id").fetchall()
    assert [row["state"] for row in states] == ["retired", "champion"]


def test_promoting_the_same_panel_twice_changes_nothing(store):
    panel_id = record_panel(store, new_panel())
    promote(store, panel_id, "first")
    before = store.execute("select promoted_at from panels").fetchone()
    promote(store, panel_id, "first")
    assert store.execute("select promoted_at from panels").fetchone() == before


@pytest.mark.parametrize("fate", [pytest.param("retired", id="retired"), pytest.param("rejected", id="rejected")])
def test_a_panel_that_was_judged_before_takes_nobodys_place(store, fate):
    old = record_panel(store, new_panel(1))
    if fate == "retired":
        promote(store, old, "first")
    else:
        reject(store, old, "not better")
    second = record_panel(store, new_panel(2))
    promote(store, second, "better")
    with pytest.raises(JikimiError, match="judged before"):
        promote(store, old, "again")
    assert champion(store).panel_id == second


def test_what_was_reached_is_kept_for_panel_and_members(store):
    record_panel(store, new_panel())
    rows = store.execute("select member, measure, value from panel_measures order by member").fetchall()
    assert [tuple(row.values()) for row in rows] == [("alpha", "auc", 0.8), ("panel", "auc", 0.9)]
