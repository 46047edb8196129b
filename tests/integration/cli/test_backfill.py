"""A backfill as a person starts and follows it; Airflow is a fake that keeps what it was asked."""

import json
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from jikimi.exceptions import JikimiError
from jikimi.store import backfills
from jikimi.store.connection import open_store
from jikimi.store.panels import Member, NewPanel, promote, record_panel

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MAY, JUNE, JULY = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6, 7))


class FakeAirflow:
    """Knows one DAG; a look at a backfill does what `work` says first, as runs would meanwhile."""

    url = "http://airflow.test"

    def __init__(self):
        self.asked, self.cancelled, self.states = [], [], {}
        self.paused = False
        self.work = [lambda: None]

    def is_paused(self, dag_id):
        return self.paused

    def create_backfill(self, dag_id, first, last, conf, runs_at_once):
        if self.asked:
            raise JikimiError("Airflow refused POST /backfills: There is already a running backfill.")
        self.asked.append((dag_id, first, last, conf, runs_at_once))
        return 7

    def backfill(self, backfill_id):
        self.work.pop(0)()
        return {"id": backfill_id, "completed_at": None if self.work else "2026-01-01T00:00:00Z"}

    def backfills(self, dag_id, limit):
        kept = {"id": 7, "from_date": "", "to_date": "", "is_paused": False, "completed_at": None}
        return [kept | {"dag_run_conf": conf, "created_at": NOW.isoformat()} for *_, conf, _ in self.asked]

    def cancel_backfill(self, backfill_id):
        self.cancelled.append(backfill_id)

    def run_states(self, dag_id, first, last):
        return self.states or {"backfill__05": "running" if self.work else "success"}


@pytest.fixture
def airflow(monkeypatch):
    fake = FakeAirflow()
    monkeypatch.setattr("jikimi.cli.backfill.AirflowApi", lambda: fake)
    monkeypatch.setattr("jikimi.backfilling._SECONDS_BETWEEN_LOOKS", 0)
    return fake


@pytest.fixture
def store(database):
    with open_store(database) as connection:
        yield connection


@pytest.fixture
def champion(store):
    members = (Member("alpha", "jikimi_alpha", 1, 0.5),)
    panel_id = record_panel(store, NewPanel("unanimous", 50, "run", NOW, NOW, NOW, NOW, members, {}, {}))
    promote(store, panel_id, "for a test")
    return panel_id


@pytest.fixture
def rows(jikimi, tmp_path):
    """Three purchases in May and one in June."""
    instants = ("2026-05-01T00:00:00Z", "2026-05-02T10:00:00Z", "2026-05-31T23:59:59Z", "2026-06-01T00:00:00Z")
    lines = [f"t{number},{at},c1,m1,10,KRW" for number, at in enumerate(instants)]
    file = tmp_path / "rows.csv"
    file.write_text("\n".join(["transaction_id,occurred_at,customer_id,merchant_id,amount,currency", *lines, ""]))
    jikimi("load", file, "--format", "canonical")


def test_runs_of_the_months_are_made_with_the_champion_of_this_moment(jikimi, airflow, champion, rows):
    out = jikimi("backfill", "--from", "2026-05-02", "--to", "2026-06-01").stdout
    wanted = {"panel_id": champion, "since": "2026-05-02T00:00:00+00:00", "until": "2026-06-01T00:00:00+00:00"}
    assert airflow.asked == [("score_history", MAY, MAY, wanted, 2)]
    assert "scores 2 rows" in out
    assert airflow.url in out


def test_instants_of_another_zone_and_further_months_are_understood(jikimi, airflow, champion, rows):
    jikimi("backfill", "--from", "2026-05-01T08:00+09:00", "--to", "2026-06-01T09:00:01+09:00", "--panel", champion)
    [(_, first, last, conf, _)] = airflow.asked
    assert (first, last) == (datetime(2026, 4, 1, tzinfo=UTC), JUNE)
    assert conf["until"] == "2026-06-01T00:00:01+00:00"


@pytest.fixture
def write(store, champion):
    """Return what a run does of the first day of May, and how many rows it finds there."""

    def writing(rows):
        said = pd.DataFrame(
            {"transaction_id": [f"t{number}" for number in range(rows)], "occurred_at": pd.Timestamp(MAY), "votes": 0,
             "voters": 1, "members": 1, "panel_score": 0.5, "scores": "{0.5}"}
        )  # fmt: skip
        part = backfills.Part(MAY, MAY + timedelta(days=1), rows)
        return lambda: backfills.keep_scores(store, champion, "run", part, said, backfills.Seconds(0, 0, 0))

    return writing


def test_it_waits_until_the_last_row_is_written(jikimi, airflow, champion, rows, write):
    airflow.work = [lambda: None, write(1), lambda: None]
    words = ("--from", "2026-05-01", "--to", "2026-06-01", "--wait")
    found = json.loads(jikimi("backfill", *words, "--json").stdout)
    assert (found["rows"], found["failed"], found["panel_id"]) == (1, [], champion)
    assert found["seconds"] > 0


@pytest.mark.parametrize(
    ("scored", "says"),
    [
        pytest.param(1, "scored 1 of 1 rows in", id="as many as at first"),
        pytest.param(3, "scored 3 rows, 2 of which came meanwhile, in", id="more, since rows landed meanwhile"),
    ],
)
def test_it_says_how_many_rows_were_scored(jikimi, airflow, rows, write, scored, says):
    airflow.work = [write(scored), lambda: None]
    assert says in jikimi("backfill", "--from", "2026-05-01", "--to", "2026-05-02", "--wait").stdout


def test_what_is_over_is_closed_at_once_so_that_the_next_can_begin(jikimi, airflow, champion, rows):
    airflow.states, airflow.work = {"backfill__05": "success"}, [lambda: None] * 2
    jikimi("backfill", "--from", "2026-05-01", "--to", "2026-06-01", "--wait")
    assert airflow.cancelled == [7]


def test_months_that_failed_are_named(jikimi, airflow, champion, rows):
    airflow.states = {"backfill__05": "success", "backfill__06": "failed"}
    done = jikimi("backfill", "--from", "2026-05-01", "--to", "2026-07-01", "--wait", code=1)
    assert "backfill__06" in done.stderr
    assert "backfill__05" not in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        pytest.param(("--from", "2026-06-01"), 2, "--from 2018-05-01 --to", id="no end"),
        pytest.param(("--from", "2026-06-01", "--to", "2026-06-01"), 2, "is not before", id="empty"),
        pytest.param(
            ("--from", "2026-05-01", "--to", "2026-06-01", "--panel", "9"), 1, "no panel 9", id="unknown panel"
        ),
        pytest.param(("--from", "2026-07-01", "--to", "2026-08-01"), 1, "no transaction occurred", id="no rows"),
        pytest.param(("--from", "May", "--to", "2026-08-01"), 2, "is no date", id="no date"),
    ],
)
def test_what_cannot_be_is_said_before_anything_starts(jikimi, airflow, champion, rows, words, code, says):
    done = jikimi("backfill", *words, code=code)
    assert says in " ".join(done.stderr.split())
    assert airflow.asked == []


def test_without_a_champion_a_panel_must_be_named(jikimi, airflow, rows):
    assert "no champion" in jikimi("backfill", "--from", "2026-05-01", "--to", "2026-06-01", code=1).stderr


def test_a_paused_dag_is_named(jikimi, airflow, champion, rows):
    airflow.paused = True
    assert "is paused" in jikimi("backfill", "--from", "2026-05-01", "--to", "2026-06-01", code=1).stderr


def test_a_second_one_at_the_same_time_is_refused(jikimi, airflow, champion, rows):
    words = ("backfill", "--from", "2026-05-01", "--to", "2026-06-01")
    jikimi(*words)
    assert "already a running backfill" in jikimi(*words, code=1).stderr


def test_backfills_are_listed_and_cancelled(jikimi, airflow, champion, rows):
    assert "no backfill yet" in jikimi("backfill", "list").stdout
    jikimi("backfill", "--from", "2026-05-02", "--to", "2026-06-01")
    [row] = json.loads(jikimi("backfill", "list", "--json").stdout)
    assert (row["backfill_id"], row["state"], row["from"]) == (7, "running", "2026-05-02T00:00:00+00:00")
    assert "running" in jikimi("backfill", "list").stdout
    jikimi("backfill", "cancel", 7)
    assert airflow.cancelled == [7]
