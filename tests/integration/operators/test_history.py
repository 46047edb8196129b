"""The past is scored as of its own time: the live values, each row once whatever happens, never an alert."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import psycopg
import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from jikimi.operators.batch import ScoreBatchOperator, ValidateBatchOperator
from jikimi.operators.history import ScoreHistoryOperator
from jikimi.store import backfills
from ml.features import FEATURE_NAMES
from ml.models import MEMBERS

JANUARY = datetime(2026, 1, 1, tzinfo=UTC)
MONTHS = [datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3)]
ROWS = 160
RUN = {"run_id": "live"}
SAID = """
    select transaction_id, votes, voters, members, panel_score, scores from backfill_scores order by transaction_id
"""
SAID_LIVE = """
    select v.transaction_id, v.votes, v.voters, v.members, v.panel_score, array_agg(p.score order by p.member) as scores
    from verdicts v join predictions p using (transaction_id, panel_id)
    group by v.transaction_id, v.votes, v.voters, v.members, v.panel_score
    order by v.transaction_id
"""
SAME = """
    select count(*), count(*) filter (where panel_score = panel_score_then and is_unanimous = is_unanimous_then)
    from reporting.backfill_comparison
"""


class Everything:
    """A member whose score hangs on every bit of every feature."""

    def predict_proba(self, x):
        numbers = np.nan_to_num(x.drop(columns="category").to_numpy(np.float64))
        digests = pd.util.hash_pandas_object(pd.DataFrame(numbers).assign(category=x["category"].array), index=False)
        fraud = digests.to_numpy() / 2.0**64
        return np.column_stack([1 - fraud, fraud])


@pytest.fixture(scope="session")
def logistic():
    rng = np.random.default_rng(1)
    x = pd.DataFrame(rng.lognormal(size=(400, len(FEATURE_NAMES))), columns=list(FEATURE_NAMES))
    return MEMBERS["logistic_regression"](7).fit(x.assign(category="food"), rng.random(400) < 0.4)


@pytest.fixture
def judges(judges, monkeypatch):
    monkeypatch.setattr("jikimi.operators.history.load_members", lambda panel: judges[panel.panel_id])
    return judges


@pytest.fixture
def lived(store, land, judges, champion, logistic):
    """Three months that the champion scored live, a few rows at a time, with labels that came days later."""
    panel_id = champion()
    judges[panel_id] = {"alpha": Everything(), "beta": logistic, "gamma": Everything()}
    rng = np.random.default_rng(2)
    instants = sorted(JANUARY + timedelta(minutes=int(minute)) for minute in rng.integers(90 * 24 * 60, size=ROWS))
    for number, at in enumerate(instants):
        late = at + timedelta(days=float(rng.uniform(0, 20)))
        values = (f"t{number + 1}", bool(rng.random() < 0.5), late)
        store.execute(
            "insert into labels (transaction_id, is_fraud, source, known_at) values (%s, %s, 'b', %s)", values
        )
    for begin in range(0, ROWS, 41):
        land(*(_purchase(rng, at) for at in instants[begin : begin + 41]))
        ValidateBatchOperator(task_id="v").execute(RUN)
        ScoreBatchOperator(task_id="s").execute(RUN)
    return panel_id


def _purchase(rng, at):
    return {
        "occurred_at": at.isoformat(),
        "customer_id": f"c{rng.integers(9)}",
        "merchant_id": f"m{rng.integers(5)}",
        "amount": str(rng.integers(1, 10**6) / 100),
        "category": rng.choice(["food", "fuel"]),
        **{
            name: str(rng.uniform(-80, 80))
            for name in ("customer_latitude", "customer_longitude", "merchant_latitude", "merchant_longitude")
        },
    }


def backfill(month, *, max_rows=1_000_000, run_type="backfill", **params):
    run = SimpleNamespace(run_type=run_type, logical_date=month, run_id=f"backfill__{month:%Y-%m}")
    return ScoreHistoryOperator(task_id="score_history", max_rows=max_rows).execute({"dag_run": run, "params": params})


def said(store):
    return store.execute(SAID).fetchall()


def said_live(store):
    return store.execute(SAID_LIVE).fetchall()


@pytest.mark.parametrize("max_rows", [pytest.param(10**6, id="whole months"), pytest.param(11, id="small parts")])
def test_the_past_gets_the_bits_of_the_live_path(store, lived, max_rows):
    assert sum(backfill(month, max_rows=max_rows) for month in MONTHS) == ROWS
    assert said(store) == said_live(store)
    assert len({row["panel_score"] for row in said(store)}) > ROWS / 2
    parts = store.execute("select row_count, rows_from, rows_until from backfill_parts order by rows_from").fetchall()
    assert sum(part["row_count"] for part in parts) == ROWS
    assert all(a["rows_until"] == b["rows_from"] for a, b in pairwise(parts))
    assert (len(parts) > 6) == (max_rows == 11)


def test_a_label_that_came_later_changes_nothing(store, lived):
    backfill(MONTHS[1])
    before = said(store)
    late = datetime(2026, 3, 1, tzinfo=UTC)
    store.execute(
        "insert into labels (transaction_id, is_fraud, source, known_at) select transaction_id, true, 'late', %s"
        " from transactions where occurred_at < %s", (late, late)
    )  # fmt: skip
    backfill(MONTHS[1])
    assert said(store) == before
    store.execute(
        "insert into labels (transaction_id, is_fraud, source, known_at) select transaction_id, true, 'early',"
        " occurred_at + interval '1 hour' from transactions where occurred_at < %s", (late,)
    )  # fmt: skip
    backfill(MONTHS[1])
    assert said(store) != before


def test_nobody_is_told_and_no_verdict_is_written(store, land, judges, candidate):
    land({"transaction_id": "past", "occurred_at": "2026-01-31T23:59:59Z", "amount": "500"})
    ValidateBatchOperator(task_id="v").execute(RUN)
    panel_id = candidate()
    assert backfill(JANUARY, panel_id=panel_id) == 1
    [row] = said(store)
    assert (row["transaction_id"], row["votes"], row["voters"], row["scores"]) == ("past", 3, 3, [1.0, 1.0, 1.0])
    for table in ("alerts", "verdicts", "predictions"):
        assert store.execute(f"select * from {table}").fetchall() == []


def test_only_the_time_asked_for_is_scored(store, lived):
    since, until = JANUARY + timedelta(days=3), JANUARY + timedelta(days=9)
    asked = {"since": since.isoformat(), "until": until.isoformat()}
    backfill(JANUARY, **asked)
    wanted = store.execute(
        "select transaction_id from transactions where occurred_at >= %s and occurred_at < %s order by 1",
        (since, until),
    )
    assert [row["transaction_id"] for row in said(store)] == [row["transaction_id"] for row in wanted]
    assert 0 < len(said(store)) < ROWS / 3
    with pytest.raises(AirflowSkipException, match="lies in the month"):
        backfill(MONTHS[1], **asked)


def test_the_same_again_replaces(store, lived):
    backfill(JANUARY)
    first = said(store)
    backfill(JANUARY)
    assert said(store) == first
    assert store.execute("select count(*) as parts from backfill_parts").fetchone() == {"parts": 2}
    done = backfills.progress_of(store, lived, JANUARY, MONTHS[1], JANUARY)
    assert done.rows == len(first)


def test_after_a_crash_in_the_middle_nothing_is_missing_and_nothing_twice(store, lived, monkeypatch):
    finish, calls = backfills.copy_frame, []

    def crash_in_the_third(connection, table, frame):
        finish(connection, table, frame)
        calls.append(len(frame))
        if len(calls) == 3:
            raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(backfills, "copy_frame", crash_in_the_third)
        with pytest.raises(ZeroDivisionError):
            backfill(JANUARY, max_rows=11)
    assert len(said(store)) == sum(calls[:2])
    backfill(JANUARY, max_rows=23)
    january = [row for row in said_live(store) if _is_in(store, row, JANUARY)]
    assert said(store) == january


def _is_in(store, row, month):
    found = store.execute(
        "select occurred_at from transaction_keys where transaction_id = %s", (row["transaction_id"],)
    )
    return found.fetchone()["occurred_at"].month == month.month


def test_who_writes_the_same_month_waits_for_the_other(store, database, candidate):
    panel_id, until = candidate(), JANUARY + timedelta(days=1)
    begin = "select begin_backfill_part(%s, %s, %s)"
    with psycopg.connect(database) as other, store.transaction():
        store.execute(begin, (panel_id, JANUARY, until))
        other.execute("set lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(begin, (panel_id, JANUARY + timedelta(days=20), MONTHS[1]))


def test_a_part_lies_within_one_month(store, candidate):
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="within one month"):
        store.execute("select begin_backfill_part(%s, %s, %s)", (candidate(), JANUARY, MONTHS[2]))


def test_the_role_of_the_tasks_deletes_and_changes_nothing_else(store, lived):
    backfill(JANUARY)
    for statement in (
        "delete from backfill_scores",
        "update backfill_scores set votes = 0",
        "delete from backfill_parts",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            store.execute(statement)


def test_a_run_that_is_no_backfills_is_skipped(store, lived):
    with pytest.raises(AirflowSkipException, match="jikimi backfill"):
        backfill(JANUARY, run_type="scheduled")
    assert said(store) == []


@pytest.mark.parametrize(
    ("params", "words"),
    [
        pytest.param({}, "no champion", id="no champion"),
        pytest.param({"panel_id": 99}, "no panel 99", id="unknown panel"),
    ],
)
def test_without_a_panel_the_run_fails_and_is_not_tried_again(store, params, words):
    with pytest.raises(AirflowFailException, match=words):
        backfill(JANUARY, **params)


def test_what_a_panel_says_stands_beside_what_counted_then(store, role_url, lived):
    backfill(JANUARY)
    with psycopg.connect(role_url("grafana")) as grafana:
        found = grafana.execute(SAME).fetchone()
    assert found == (len(said(store)), len(said(store)))
