"""The monitor's task: all parts look, what breaks stops no other, and staff are told once."""

from datetime import UTC, datetime, timedelta

import pytest

from jikimi.operators.batch import ScoreBatchOperator, ValidateBatchOperator
from jikimi.operators.monitor import WatchPanelOperator
from jikimi.operators.staff import NotifyStaffOperator
from tests.integration.channels.mail_server import MailServer
from tests.integration.operators.test_staff import connect_mail

HOUR = timedelta(hours=1)


@pytest.fixture
def mail(monkeypatch):
    server = MailServer()
    server.start()
    monkeypatch.setenv("JIKIMI_STAFF_LANGUAGE", "en")
    monkeypatch.setenv("JIKIMI_DIGEST_MINUTES", "0")
    monkeypatch.setenv("JIKIMI_GRAFANA_PUBLIC_URL", "http://127.0.0.1:3000")
    connect_mail(monkeypatch, server.port)
    yield server
    server.stop()


def watch():
    return WatchPanelOperator(task_id="watch_panel").execute({"run_id": "test"})


def notify():
    return NotifyStaffOperator(task_id="notify_staff").execute({})


def let_wait(store, since=HOUR):
    store.execute("insert into landed_transactions (landed_at) values (%s)", [datetime.now(UTC) - since])


def test_an_empty_database_without_a_champion_is_quiet(store):
    assert watch() == []
    assert store.execute("select * from monitor_alarms").fetchall() == []


def test_a_champion_without_a_reference_that_scores_one_row_is_quiet(store, land, champion):
    champion()
    land({"amount": "500"})
    ValidateBatchOperator(task_id="v").execute({"run_id": "test"})
    ScoreBatchOperator(task_id="s").execute({"run_id": "test"})
    assert watch() == []
    assert store.execute("select state from drift_measures").fetchall() == [{"state": "no_reference"}]


def test_what_is_wrong_is_named(store):
    let_wait(store)
    assert watch() == ["backlog_old"]


def test_a_part_that_breaks_stops_no_other_and_is_seen(store, monkeypatch):
    def break_down(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("jikimi.watch.vote.watch_vote", break_down)
    let_wait(store)
    with pytest.raises(ZeroDivisionError):
        watch()
    assert [row["kind"] for row in store.execute("select kind from monitor_alarms").fetchall()] == ["backlog_old"]
    assert store.execute("select from data_measures where measure = 'performance_looked_at'").fetchall()


def test_what_was_scored_is_summed_up_even_where_another_part_breaks(store, land, champion, monkeypatch):
    champion()
    land({"amount": "500"})
    ValidateBatchOperator(task_id="v").execute({"run_id": "test"})
    ScoreBatchOperator(task_id="s").execute({"run_id": "test"})
    monkeypatch.setattr("jikimi.watch.vote.watch_vote", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        watch()
    assert store.execute("select state, counted_at is not null as is_counted from batches").fetchall() == [
        {"state": "scored", "is_counted": True}
    ]


def test_staff_are_told_once_of_a_fault_with_its_sentence_and_dashboard(store, mail):
    let_wait(store)
    watch()
    notify()
    watch()
    notify()
    ((_, letter),) = mail.mails
    text = letter.get_content()
    assert "1 transactions wait for their verdict, the oldest for 60 minutes." in text
    assert "http://127.0.0.1:3000/d/jikimi-pipeline" in text
    assert letter["subject"].endswith("Alarms of the monitors: 1")


def test_staff_are_told_when_it_is_over(store, mail, monkeypatch):
    monkeypatch.setenv("JIKIMI_ALARM_QUIET_MINUTES", "0")
    let_wait(store)
    watch()
    notify()
    store.execute("update landed_transactions set batch_id = 1")
    watch()
    notify()
    assert "This is over: 1 transactions wait" in mail.mails[1][1].get_content()
