"""A person's decisions: possible in some states only, kept with their reason, and never against a sender at work."""

import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from jikimi.outbox import End, Fate, NewCall
from jikimi.store.alert_decisions import By, cancel, resolve, retry
from jikimi.store.alerts import StoredOutbox
from jikimi.store.connection import open_store
from tests.integration.alert_rows import add_alert, add_try, decisions_of, row_of

KIM = By("kim", "KakaoTalk is back")
STATES = ("pending", "sending", "delivered", "accepted", "failed", "unknown", "deferred", "cancelled")


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


def test_a_failed_alert_starts_over_on_the_whole_route(store):
    told = {"attempts": 12, "struck_channels": ["email"], "staff_told_at": "now", "due_at": "2020-01-01"}
    alert_id = add_alert(store, "failed", **told)
    assert retry(store, [alert_id], KIM).changed == [alert_id]
    row = row_of(store, alert_id)
    assert (row["state"], row["attempts"], row["struck_channels"], row["wait_reason"]) == ("pending", 0, [], "operator")
    assert row["finished_at"] is row["staff_told_at"] is None
    assert row["due_at"] > datetime.now(UTC) - timedelta(minutes=1)
    assert decisions_of(store, alert_id) == [("retried", "failed", "kim", "KakaoTalk is back")]


@pytest.mark.parametrize(
    ("decide", "possible"),
    [
        pytest.param(retry, {"failed"}, id="retry"),
        pytest.param(cancel, {"pending", "deferred"}, id="cancel"),
        pytest.param(lambda s, ids, by: resolve(s, ids, "delivered", by), {"unknown", "accepted"}, id="delivered"),
        pytest.param(lambda s, ids, by: resolve(s, ids, "not delivered", by), {"unknown", "accepted"}, id="lost"),
        pytest.param(lambda s, ids, by: resolve(s, ids, "send again", by), {"unknown", "accepted"}, id="again"),
    ],
)
def test_a_decision_is_possible_in_its_states_only(store, decide, possible):
    alerts = {state: add_alert(store, state, customer_id=f"c-{state}") for state in STATES}
    before = {state: row_of(store, alert_id) for state, alert_id in alerts.items()}
    decided = decide(store, list(alerts.values()), KIM)
    assert decided.changed == sorted(alerts[state] for state in possible)
    assert decided.states == {alerts[state]: state for state in STATES if state not in possible}
    for state, alert_id in alerts.items():
        assert (row_of(store, alert_id) == before[state]) == (state not in possible)
        assert len(decisions_of(store, alert_id)) == (state in possible)


def test_what_was_delivered_was_taken_when_it_was_sent(store):
    sent_at = datetime.now(UTC) - timedelta(hours=5)
    alert_id = add_alert(store, "unknown")
    add_try(store, alert_id, started_at=sent_at)
    resolve(store, [alert_id], "delivered", KIM)
    row = row_of(store, alert_id)
    assert (row["state"], row["accepted_at"], row["last_error"]) == ("delivered", sent_at, None)
    assert row["finished_at"] > sent_at
    assert decisions_of(store, alert_id) == [("resolved_delivered", "unknown", "kim", "KakaoTalk is back")]


def test_a_failure_that_a_person_found_is_no_news_to_staff(store):
    alert_id = add_alert(store, "unknown")
    resolve(store, [alert_id], "not delivered", KIM)
    row = row_of(store, alert_id)
    assert (row["state"], row["last_error"], row["accepted_at"]) == ("failed", "kim: KakaoTalk is back", None)
    assert row["staff_told_at"] == row["finished_at"]
    untold = "select count(*) from alerts where staff_told_at is null or finished_at > staff_told_at"
    assert store.execute(untold).fetchone()["count"] == 0


def test_the_late_bad_news_of_an_alert_that_is_sent_again_changes_nothing(store):
    alert_id = add_alert(store)
    outbox, call = StoredOutbox(store), NewCall(uuid4(), "email", "smtp_default")
    (slow,) = outbox.claim(10, timedelta()).alerts
    attempt_id = outbox.begin(call, [(slow, ())]).attempts[alert_id]
    outbox.recover(timedelta(seconds=-1))
    assert resolve(store, [alert_id], "send again", KIM).changed == [alert_id]
    outbox.finish(call, [End(slow, attempt_id, "rejected", Fate("failed", "no such address"))])
    assert row_of(store, alert_id)["state"] == "pending"
    (anew,) = outbox.claim(10, timedelta(hours=1)).alerts
    assert (anew.alert_id, anew.attempts) == (alert_id, 0)


def test_what_a_cancelled_message_would_have_told_of_is_not_lost_with_it(store):
    first = add_alert(store, folded_count=2)
    second, third = (add_alert(store, "suppressed", folded_into=first, finished_at="now") for _ in range(2))
    fourth = add_alert(store, "suppressed", folded_into=third)
    decided = cancel(store, [first], KIM)
    assert (decided.changed, sorted(decided.freed)) == ([first], [second, third])
    assert [row_of(store, each)["state"] for each in (first, second, third, fourth)] == [
        *("cancelled", "pending", "pending", "suppressed"),
    ]
    assert row_of(store, first)["folded_count"] == 0
    assert row_of(store, second)["finished_at"] is row_of(store, second)["folded_into"] is None
    (freed,) = decisions_of(store, second)
    assert freed[:3] == ("retried", "suppressed", "kim")
    assert f"alert {first}" in freed[3]


def test_more_alerts_than_one_statement_changes(store, monkeypatch):
    monkeypatch.setattr("jikimi.store.alert_decisions._ALERTS_AT_ONCE", 2)
    alerts = [add_alert(store, "failed") for _ in range(5)]
    assert retry(store, [*alerts, 999], KIM).changed == alerts


def waiting(store):
    """Whether a statement of this database waits for a row."""
    row = store.execute("select count(*) from pg_stat_activity where wait_event_type = 'Lock'").fetchone()
    return row["count"] > 0


def test_a_sender_that_is_claiming_the_alert_wins(store, database):
    alert_id = add_alert(store)
    decided = []

    def withdraw():
        with open_store(database) as connection:
            decided.append(cancel(connection, [alert_id], KIM))

    person = threading.Thread(target=withdraw)
    with open_store(database) as sender, sender.transaction():
        StoredOutbox(sender).claim(10, timedelta())
        person.start()
        while not waiting(store):
            time.sleep(0.01)
    person.join(timeout=10)
    assert (decided[0].changed, decided[0].states) == ([], {alert_id: "sending"})
    assert decisions_of(store, alert_id) == []


def test_a_person_who_was_first_wins(store, database):
    alert_id = add_alert(store)
    with open_store(database) as person, person.transaction():
        assert cancel(person, [alert_id], KIM).changed == [alert_id]
        # The row is not free yet: the sender passes over it and does not wait.
        assert StoredOutbox(store).claim(10, timedelta()).alerts == []
    assert StoredOutbox(store).claim(10, timedelta()).alerts == []
    assert row_of(store, alert_id)["state"] == "cancelled"
