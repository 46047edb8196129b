"""The challenger votes after the champion has committed, tells nobody, and costs the champion nothing when it fails."""

import psycopg
import pytest

from jikimi.operators import batch
from jikimi.operators.batch import ScoreBatchOperator, ValidateBatchOperator
from jikimi.store.panels import challenge, promote, reject, rollback
from jikimi.store.status import read_status

RUN = {"run_id": "test"}
VERDICTS = "select transaction_id, panel_id, votes, is_shadow from verdicts order by transaction_id, panel_id"


def score(land, *ids, amount="500"):
    land(*({"transaction_id": each, "amount": amount} for each in ids))
    ValidateBatchOperator(task_id="validate_batch").execute(RUN)
    return ScoreBatchOperator(task_id="score_batch").execute(RUN)


def rows(store, statement):
    return [tuple(row.values()) for row in store.execute(statement)]


def warnings_of(capsys):
    """Return what the operator warns of; that it runs outside of Airflow's task runner is meant here."""
    lines = capsys.readouterr().out.splitlines()
    return [line for line in lines if "[warning" in line and "outside of the Task Runner" not in line]


def test_the_challenger_votes_on_the_same_rows_and_tells_nobody(store, land, champion, challenger):
    first, second = champion((900, 900, 900)), challenger((100, 100, 900))
    assert score(land, "a", "b") == 0
    assert rows(store, VERDICTS) == [
        ("a", first, 0, False),
        ("a", second, 2, True),
        ("b", first, 0, False),
        ("b", second, 2, True),
    ]
    assert rows(store, "select panel_id, count(*) from predictions group by 1 order by 1") == [(first, 6), (second, 6)]


def test_fraud_that_only_the_challenger_sees_is_no_alert_and_is_not_counted(
    store, land, champion, challenger, role_url
):
    champion((900, 900, 900))
    challenger()
    assert score(land, "a") == 0
    assert rows(store, "select * from alerts") == []
    assert rows(store, "select unanimous_count from batches") == [(0,)]
    assert read_status(store).unanimous == 0
    with psycopg.connect(role_url("grafana")) as grafana:
        assert grafana.execute("select * from reporting.unanimous_fraud").fetchall() == []
    assert rows(store, "select reasons, contributions, explanation_ko from verdicts where is_shadow") == [
        ([], [], None)
    ]


def test_without_a_challenger_nothing_is_in_the_shadow(store, land, champion, candidate, capsys):
    champion()
    candidate()
    reject(store, candidate(), "for a test")
    score(land, "a")
    assert rows(store, "select count(*) from verdicts") == [(1,)]
    assert warnings_of(capsys) == []


def test_a_batch_without_good_rows_is_no_matter(store, land, champion, challenger, capsys):
    champion()
    challenger()
    assert score(land, "a", amount="-1") == 0
    assert rows(store, "select state from batches") == [("scored",)]
    assert warnings_of(capsys) == []


class Broken:
    def predict_proba(self, x):
        raise ZeroDivisionError("no more\nthan this line")


def _member_breaks(judges, panel_id, patch):
    judges[panel_id]["beta"] = Broken()


def _mlflow_is_away(judges, panel_id, patch):
    del judges[panel_id]

    def load(panel):
        if panel.panel_id == panel_id:
            raise ConnectionError("MLflow does not answer")
        return judges[panel.panel_id]

    patch.setattr(batch, "load_members", load)
    patch.setattr(batch, "is_fetch_due", lambda panel: True)


def _database_refuses(judges, panel_id, patch):
    write_verdicts = batch.batches.write_verdicts

    def write(connection, *rows, is_shadow=False):
        if is_shadow:
            connection.execute("insert into verdicts select * from verdicts")
        write_verdicts(connection, *rows, is_shadow=is_shadow)

    patch.setattr("jikimi.store.batches.write_verdicts", write)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(_member_breaks, "ZeroDivisionError: no more", id="a member breaks"),
        pytest.param(_mlflow_is_away, "ConnectionError: MLflow does not answer", id="MLflow is away"),
        pytest.param(_database_refuses, "UniqueViolation: duplicate key", id="the database refuses"),
    ],
)
def test_a_challenger_that_fails_costs_one_line(
    store, land, champion, challenger, judges, monkeypatch, capsys, spoil, words
):
    first = champion((900, 900, 900))
    spoil(judges, challenger(), monkeypatch)
    assert score(land, "a") == 0
    assert rows(store, VERDICTS) == [("a", first, 0, False)]
    assert rows(store, "select count(*) from predictions") == [(3,)]
    (line,) = warnings_of(capsys)
    assert f"the challenger did not vote in the shadow: {words}" in line
    judges[first] = dict.fromkeys(judges[first], judges[first]["alpha"])
    assert score(land, "b") == 0


def test_a_challenger_that_fails_costs_no_alert(store, land, champion, challenger, judges, monkeypatch):
    champion()
    _member_breaks(judges, challenger(), monkeypatch)
    assert score(land, "a") == 1
    assert rows(store, "select transaction_id, state from alerts") == [("a", "pending")]


@pytest.mark.parametrize(
    ("limit", "is_due", "fetched"),
    [
        pytest.param(100, True, 0, id="an alert waits for this task"),
        pytest.param(900, False, 0, id="somebody just tried"),
        pytest.param(900, True, 1, id="nobody waits"),
    ],
)
def test_a_challenger_that_is_not_on_this_machine_is_fetched_while_no_alert_waits(
    store, land, champion, challenger, judges, monkeypatch, capsys, limit, is_due, fetched
):
    champion((limit,) * 3)
    second = challenger()
    cached = {panel_id: judge for panel_id, judge in judges.items() if panel_id != second}
    monkeypatch.setattr(batch, "load_cached_members", lambda panel: cached.get(panel.panel_id))
    monkeypatch.setattr(batch, "is_fetch_due", lambda panel: is_due)
    score(land, "a")
    assert rows(store, "select count(*) from verdicts where is_shadow") == [(fetched,)]
    assert warnings_of(capsys) == []


def test_after_a_promotion_the_old_rows_stay_in_the_shadow_and_the_new_ones_count(store, land, champion, challenger):
    first, second = champion(), challenger()
    score(land, "a")
    promote(store, second, "for a test")
    score(land, "b")
    assert rows(store, VERDICTS) == [("a", first, 3, False), ("a", second, 3, True), ("b", second, 3, False)]
    rollback(store, "for a test")
    score(land, "c")
    assert rows(store, VERDICTS)[3:] == [("c", first, 3, False)]
    assert rows(store, "select transaction_id, panel_id from alerts order by 1") == [
        ("a", first),
        ("b", second),
        ("c", first),
    ]


def test_a_promotion_between_the_two_votes_breaks_nothing(store, land, champion, challenger, monkeypatch, capsys):
    """The task has read champion 1; while it scores, 2 is promoted."""
    first, second = champion(), challenger()
    write = batch.batches.write_alerts

    def promote_meanwhile(connection, *arguments):
        promote(connection, second, "for a test")
        return write(connection, *arguments)

    monkeypatch.setattr("jikimi.store.batches.write_alerts", promote_meanwhile)
    assert score(land, "a") == 1
    assert rows(store, VERDICTS) == [("a", first, 3, False)]
    assert rows(store, "select panel_id, state from panels order by 1") == [(first, "retired"), (second, "champion")]
    assert warnings_of(capsys) == []


def test_the_panel_that_scored_never_votes_again_as_challenger(store, land, champion, challenger, monkeypatch, capsys):
    first = champion()
    challenger()
    monkeypatch.setattr("jikimi.store.panels.challenger", batch.panels.champion)
    score(land, "a")
    assert rows(store, VERDICTS) == [("a", first, 3, False)]
    assert warnings_of(capsys) == []


def test_an_open_promotion_blocks_no_vote(store, land, champion, challenger, database):
    first, second = champion(), challenger()
    with psycopg.connect(database, row_factory=psycopg.rows.dict_row) as other, other.transaction(force_rollback=True):
        promote(other, second, "for a test")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PGOPTIONS", "-c lock_timeout=2000")
            score(land, "a")
    assert rows(store, VERDICTS) == [("a", first, 3, False), ("a", second, 3, True)]


def test_another_challenger_votes_from_the_next_batch_on(store, land, champion, challenger, candidate):
    champion()
    second = challenger()
    score(land, "a")
    third = candidate()
    challenge(store, third, "for a test")
    score(land, "b")
    assert rows(store, "select transaction_id, panel_id from verdicts where is_shadow order by 1") == [
        ("a", second),
        ("b", third),
    ]
