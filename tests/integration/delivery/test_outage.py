"""The database goes away while a sender is at work: what it knows is written as soon as the database is back."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from jikimi.outbox import End, Fate, NewCall
from jikimi.store.alerts import StoredOutbox, open_outbox
from jikimi.store.connection import open_store
from tests.integration.delivery.conftest import StoredWorld

CALL = NewCall(uuid4(), "kakao_friends", "kakao_default")
END_SESSIONS = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sender'"


@pytest.fixture
def sender(store, role_url, monkeypatch):
    """An outbox whose session can be ended, and the claimed alert that it holds."""
    world = StoredWorld(store)
    world.customer("c1", ("kakao_friends", True))
    world.alert()
    monkeypatch.setattr("jikimi.store.connection._OPTIONS", {"autocommit": True, "application_name": "sender"})
    with open_outbox() as outbox:
        (claimed,) = outbox.claim(1, timedelta()).alerts
        yield outbox, claimed


@pytest.fixture
def end_session(role_url):
    def end():
        with psycopg.connect(role_url("postgres")) as owner:
            owner.execute(END_SESSIONS)

    return end


def test_an_answer_in_hand_is_written_when_the_database_is_back(sender, end_session, store):
    outbox, claimed = sender
    attempt = outbox.begin(CALL, [(claimed, ())]).attempts[claimed.alert_id]
    end_session()
    outbox.finish(CALL, [End(claimed, attempt, "delivered", Fate("delivered"), "0")])
    assert store.execute("select state from alerts").fetchone()["state"] == "delivered"


def test_a_try_whose_commit_was_lost_is_no_lost_answer(sender, end_session, store, monkeypatch):
    outbox, claimed = sender
    begin = StoredOutbox._begin_once

    def lose_the_commit(self, call, alerts):
        begin(self, call, alerts)
        end_session()
        self._connection.execute("select 1")

    monkeypatch.setattr(StoredOutbox, "_begin_once", lose_the_commit)
    with pytest.raises(psycopg.OperationalError):
        outbox.begin(CALL, [(claimed, ())])
    row = store.execute("select state, outcome from alerts join alert_attempts using (alert_id)").fetchone()
    assert row == {"state": "pending", "outcome": "unavailable"}


def test_a_try_that_another_sender_took_over_is_not_taken_back(sender, end_session, store, monkeypatch):
    outbox, claimed = sender
    repeatable = NewCall(uuid4(), "alimtalk", "alimtalk_default", 540)
    begin, taken_over = StoredOutbox._begin_once, []

    def lose_the_commit_for_long(self, call, alerts):
        begin(self, call, alerts)
        taken_over.extend(StoredOutbox(store).recover(timedelta(seconds=-1)).calls)
        end_session()
        self._connection.execute("select 1")

    monkeypatch.setattr(StoredOutbox, "_begin_once", lose_the_commit_for_long)
    with pytest.raises(psycopg.OperationalError):
        outbox.begin(repeatable, [(claimed, ())])
    (repeated,) = taken_over
    accepted = End(repeated.alerts[0], repeated.attempts[claimed.alert_id], "accepted", Fate("accepted"), "0")
    StoredOutbox(store).finish(repeatable, [accepted])
    assert store.execute("select state from alerts").fetchone()["state"] == "accepted"


def test_a_connection_that_stays_away_is_an_error(database, monkeypatch):
    monkeypatch.setenv("JIKIMI_DATABASE_URL", database)
    with open_store() as connection:
        outbox = StoredOutbox(connection)
        connection.close()
        with pytest.raises(psycopg.OperationalError):
            outbox.claim(1, timedelta())
