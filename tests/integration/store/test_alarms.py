"""A lasting fault is one alarm, told once and told when it is over."""

from datetime import UTC, datetime, timedelta

import pytest

from jikimi.store import alarms
from jikimi.store.connection import open_store
from ml.monitoring import Finding

NOW = datetime(2026, 8, 20, 12, tzinfo=UTC)
QUIET = timedelta(minutes=30)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


def look(store, is_firing, at, seconds=9000.0):
    finding = Finding("nothing_lands", "", is_firing, {"since_seconds": seconds})
    return alarms.keep_findings(store, [finding], None, at, QUIET)


def rows(store):
    return store.execute("select * from monitor_alarms order by alarm_id").fetchall()


def tell(store, at):
    return [each.is_over for each in alarms.tell_alarms(store, at, QUIET)]


def test_a_lasting_fault_is_one_alarm_with_its_newest_figures(store):
    look(store, True, NOW)
    look(store, True, NOW + 5 * MINUTE, seconds=20_000.0)
    (alarm,) = rows(store)
    assert (alarm["opened_at"], alarm["last_seen_at"], alarm["closed_at"]) == (NOW, NOW + 5 * MINUTE, None)
    assert alarm["sentence_en"] == "No transaction has landed for 6 hours."
    assert alarm["sentence_ko"].startswith("6시간")
    assert alarm["figures"] == {"since_seconds": 20_000}


def test_a_fault_is_told_once_and_when_it_is_over(store):
    look(store, True, NOW)
    assert tell(store, NOW) == [False]
    look(store, True, NOW + 5 * MINUTE)
    assert tell(store, NOW + 5 * MINUTE) == []
    look(store, False, NOW + 10 * MINUTE)
    assert tell(store, NOW + 15 * MINUTE) == []
    assert tell(store, NOW + 40 * MINUTE) == [True]
    assert tell(store, NOW + 50 * MINUTE) == []


def test_a_fault_that_comes_back_soon_is_the_same_fault(store):
    look(store, True, NOW)
    tell(store, NOW)
    look(store, False, NOW + 5 * MINUTE)
    look(store, True, NOW + 10 * MINUTE)
    assert tell(store, NOW + 10 * MINUTE) == []
    assert len(rows(store)) == 1
    assert rows(store)[0]["closed_at"] is None


def test_a_fault_that_comes_back_later_is_another_one(store):
    look(store, True, NOW)
    tell(store, NOW)
    look(store, False, NOW + 5 * MINUTE)
    look(store, True, NOW + 60 * MINUTE)
    assert tell(store, NOW + 60 * MINUTE) == [False, True]
    assert len(rows(store)) == 2


def test_what_was_over_before_anyone_was_told_is_not_told(store):
    look(store, True, NOW)
    look(store, False, NOW + MINUTE)
    assert tell(store, NOW + 60 * MINUTE) == []


def test_what_is_as_it_should_be_leaves_no_row(store):
    assert look(store, False, NOW) == []
    assert rows(store) == []


def test_alarms_about_a_former_champion_end(store):
    store.execute(
        "insert into panels (state, messages_per_10k, mlflow_run_id, trained_from, trained_until, judged_from,"
        " judged_until) values ('retired', 50, 'run', now(), now(), now(), now())"
    )
    finding = Finding("member_missing", "xgboost", True, {"missing_rows": 1, "scored_rows": 2})
    alarms.keep_findings(store, [finding], 1, NOW, QUIET)
    look(store, True, NOW)
    alarms.close_others(store, 1, NOW + MINUTE)
    assert [row["closed_at"] for row in rows(store)] == [None, None]
    alarms.close_others(store, None, NOW + MINUTE)
    assert [row["closed_at"] for row in rows(store)] == [NOW + MINUTE, None]
