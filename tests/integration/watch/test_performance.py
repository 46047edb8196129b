"""What came of messages: counted with the labels that were known in time, estimated before."""

from datetime import UTC, datetime, timedelta

import pytest

from jikimi.watch.performance import complete_days, watch_performance
from tests.integration.watch.conftest import NOW

DAY = timedelta(days=1)
DELAY = 7 * DAY
YESTERDAY = datetime(2026, 8, 19, 9, tzinfo=UTC)
OLD = datetime(2026, 8, 12, 9, tzinfo=UTC)


def measures(store, delay=0):
    return store.execute(
        "select * from performance_measures where delay_days = %s order by measured_until desc", [delay]
    ).fetchall()


def figures(row, *names):
    return tuple(row[name] for name in names)


def test_a_day_without_labels_is_estimated(store, watch, scored, panel, alert):
    champion = panel()
    ids = scored(champion.panel_id, 400, NOW, occurred_at=YESTERDAY, frauds=4)
    scored(champion.panel_id, 1, NOW, occurred_at=NOW)
    alert(champion.panel_id, ids[:4])
    watch(watch_performance, champion)
    (row,) = measures(store)
    assert figures(row, "scored_rows", "messages", "hits", "active_customers") == (400, 4, None, 200)
    scores = store.execute("select panel_score, votes from verdicts where occurred_at = %s", [YESTERDAY]).fetchall()
    assert row["estimated_hits"] == pytest.approx(sum(each["panel_score"] for each in scores if each["votes"] == 3))
    assert row["estimated_frauds"] == pytest.approx(sum(each["panel_score"] for each in scores))


def test_messages_are_counted_when_labels_are_known(store, watch, scored, panel, alert, label):
    champion = panel()
    ids = scored(champion.panel_id, 400, OLD, frauds=4, amount=10)
    scored(champion.panel_id, 1, NOW, occurred_at=NOW)
    alert(champion.panel_id, ids[:4])
    label([*ids[:3], *ids[10:15]], OLD + 3 * DAY)
    label(ids[20:30], OLD + 3 * DAY, is_fraud=False)
    watch(watch_performance, champion)
    (row,) = measures(store, 7)
    assert figures(row, "messages", "hits", "frauds", "amount_caught", "amount_missed") == (4, 3, 8, 30, 50)


def test_a_label_counts_from_the_instant_at_which_it_was_known(store, watch, scored, panel, alert, label):
    champion = panel()
    ids = scored(champion.panel_id, 100, OLD, frauds=2)
    scored(champion.panel_id, 1, NOW, occurred_at=NOW)
    alert(champion.panel_id, ids[:2])
    label(ids[:1], OLD + 3 * DAY)
    label(ids[1:2], OLD + 7 * DAY + timedelta(minutes=1))
    # A correction that came within the delay is the truth of that delay.
    label(ids[5:6], OLD + 2 * DAY)
    label(ids[5:6], OLD + 4 * DAY, is_fraud=False)
    watch(watch_performance, champion)
    (row,) = measures(store, 7)
    assert figures(row, "hits", "frauds") == (1, 1)


def test_a_day_without_any_label_is_not_counted_and_looked_at_again(store, watch, scored, panel, alert, label):
    champion = panel()
    ids = scored(champion.panel_id, 100, OLD, frauds=2)
    scored(champion.panel_id, 1, NOW, occurred_at=NOW)
    watch(watch_performance, champion)
    assert measures(store, 7) == []
    label(ids[:1], OLD + 3 * DAY)
    watch(watch_performance, champion, NOW + timedelta(hours=1))
    assert len(measures(store, 7)) == 1


def test_it_looks_once_an_hour(store, watch, scored, panel):
    champion = panel()
    watch(watch_performance, champion)
    scored(champion.panel_id, 100, NOW, occurred_at=YESTERDAY)
    scored(champion.panel_id, 1, NOW, occurred_at=NOW)
    watch(watch_performance, champion, NOW + timedelta(minutes=5))
    assert measures(store) == []
    watch(watch_performance, champion, NOW + timedelta(minutes=60))
    assert len(measures(store)) == 1


def test_messages_over_the_budget_are_told(store, watch, scored, panel, alert):
    champion = panel()
    ids = scored(champion.panel_id, 400, NOW, occurred_at=YESTERDAY, frauds=100)
    scored(champion.panel_id, 1, NOW, occurred_at=NOW)
    alert(champion.panel_id, ids[:100])
    assert watch(watch_performance, champion) == {("messages_over_budget", "")}


def test_imprecise_messages_are_told_and_precise_ones_are_not(store, watch, scored, panel, alert, label):
    champion = panel()
    ids = scored(champion.panel_id, 100, OLD, frauds=60)
    scored(champion.panel_id, 1, NOW, occurred_at=NOW)
    alert(champion.panel_id, ids[:60])
    label(ids[:3], OLD + DAY)
    assert watch(watch_performance, champion) == {("precision_low", "")}


def test_precise_messages_raise_nothing(store, watch, scored, panel, alert, label):
    champion = panel()
    ids = scored(champion.panel_id, 100, OLD, frauds=60)
    scored(champion.panel_id, 1, NOW, occurred_at=NOW)
    alert(champion.panel_id, ids[:60])
    label(ids[:50], OLD + DAY)
    assert watch(watch_performance, champion) == set()


def test_empty_tables_and_no_champion_are_no_fault(store, watch, panel):
    assert watch(watch_performance, None) == set()
    assert watch(watch_performance, panel(), NOW + timedelta(hours=1)) == set()


def test_days_are_whole_and_their_labels_may_all_be_known():
    days = complete_days(NOW, DELAY)
    assert days[0].until == datetime(2026, 8, 13, tzinfo=UTC)
    assert all(day.until - day.since == DAY and day.until + DELAY <= NOW for day in days)
    assert len(days) == 7
