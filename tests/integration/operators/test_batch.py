"""Landed rows become valid rows, valid rows become verdicts and alerts, whatever is run again or cut off."""

from datetime import UTC, datetime

import psycopg
import pytest
from airflow.sdk.exceptions import AirflowSkipException

from jikimi.operators.batch import ScoreBatchOperator, ValidateBatchOperator
from jikimi.store import batches
from jikimi.store.panels import promote, rollback
from jikimi.store.quarantine import release_batch

RUN = {"run_id": "test"}


def validate():
    return ValidateBatchOperator(task_id="validate_batch").execute(RUN)


def score():
    return ScoreBatchOperator(task_id="score_batch").execute(RUN)


def rows(store, statement):
    return [tuple(row.values()) for row in store.execute(statement)]


def test_good_rows_go_on_and_bad_rows_are_quarantined(store, land):
    land({"transaction_id": "good"}, {"transaction_id": "bad", "amount": "-1"})
    validate()
    assert rows(store, "select transaction_id from transactions") == [("good",)]
    assert rows(store, "select landed_row->>'transaction_id', reasons from quarantined_transactions") == [
        ("bad", ["amount_is_positive"])
    ]
    assert rows(store, "select landed_count, valid_count, quarantined_count from batches") == [(2, 1, 1)]


def test_nothing_waiting_makes_no_batch(store):
    assert validate() == []
    assert rows(store, "select * from batches") == []


@pytest.mark.parametrize("crashing", ["jikimi.operators.batch.keep_validation", "jikimi.store.batches.open_batch"])
def test_a_crash_while_validating_leaves_the_rows_waiting(store, land, crashing):
    land({})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crashing, _crash)
        with pytest.raises(ZeroDivisionError):
            validate()
    assert rows(store, "select landed_id from landed_transactions where batch_id is null") == [(1,)]
    assert rows(store, "select * from batches") == []
    assert rows(store, "select * from transactions") == []
    assert len(validate()) == 1


def test_landing_the_same_row_again_is_harmless(store, land):
    land({"transaction_id": "same", "occurred_at": "2026-01-01T00:00:00Z"})
    validate()
    land({"transaction_id": "same", "occurred_at": "2026-01-01T00:00:00Z"})
    validate()
    assert rows(store, "select count(*) from transactions") == [(1,)]
    assert rows(store, "select valid_count, repeated_count from batches order by batch_id") == [(1, 0), (0, 1)]


def test_a_batch_without_a_required_column_is_held_whole(store, land, role_url):
    land({})
    with psycopg.connect(role_url("postgres"), autocommit=True) as owner:
        owner.execute("alter table landed_transactions rename column amount to sum")
        try:
            validate()
        finally:
            owner.execute("alter table landed_transactions rename column sum to amount")
    ((state, reason),) = rows(store, "select state, held_reason from batches")
    assert state == "held"
    assert "amount" in reason
    assert rows(store, "select * from transactions") == rows(store, "select * from quarantined_transactions") == []


def test_a_held_batch_is_valid_once_it_is_mended_and_released(store, land, role_url):
    land({"transaction_id": "waits"})
    with psycopg.connect(role_url("postgres"), autocommit=True) as owner:
        owner.execute("alter table landed_transactions rename column amount to sum")
        try:
            validate()
        finally:
            owner.execute("alter table landed_transactions rename column sum to amount")
    release_batch(store, 1, datetime.now(UTC))
    validate()
    assert rows(store, "select transaction_id from transactions") == [("waits",)]


def test_two_drains_at_once_share_no_row(store, land, database):
    land({}, {})
    with store.transaction():
        mine = batches.claim_landed(store, 1)
        with psycopg.connect(database, row_factory=psycopg.rows.dict_row) as other:
            theirs = batches.claim_landed(other, 10)
    assert len(mine) == len(theirs) == 1
    assert set(mine.index).isdisjoint(theirs.index)


def test_without_a_panel_scoring_is_skipped_and_rows_wait(store, land):
    land({})
    validate()
    with pytest.raises(AirflowSkipException, match="no champion"):
        score()
    assert rows(store, "select state from batches") == [("validated",)]


def test_waiting_rows_are_scored_after_the_first_promotion(store, land, champion):
    land({})
    validate()
    champion()
    score()
    assert rows(store, "select votes, voters, members from verdicts") == [(0, 3, 3)]
    assert rows(store, "select state from batches") == [("scored",)]


@pytest.mark.parametrize(
    ("limits", "policy", "alerts"),
    [
        pytest.param((100, 100, 100), "unanimous", 1, id="all vote fraud"),
        pytest.param((100, 100, 900), "unanimous", 0, id="one of three does not"),
        pytest.param((100, 100, 900), "majority", 1, id="two of three are a majority"),
        pytest.param((100, 900, 900), "majority", 0, id="one of three is none"),
    ],
)
def test_alerts_follow_the_policy_of_the_panel(store, land, champion, limits, policy, alerts):
    champion(limits, policy)
    land({"amount": "500"})
    validate()
    assert score() == alerts
    assert rows(store, "select count(*) from alerts where state = 'pending'") == [(alerts,)]


def test_a_missing_member_is_no_agreement(store, land, champion, judges):
    del judges[champion()]["gamma"]
    land({"amount": "500"})
    validate()
    assert score() == 0
    assert rows(store, "select votes, voters, members from verdicts") == [(2, 2, 3)]
    assert rows(store, "select * from unanimous_fraud") == []


def test_a_unanimous_verdict_keeps_why_and_a_majority_has_codes_only(store, land, champion, judges):
    panel_id = champion((100, 100, 900))
    trees = trees_that_fear_amounts_from(700)
    judges[panel_id]["gamma"] = trees
    land(
        *(
            {"transaction_id": name, "amount": amount}
            for name, amount in (("no", "5"), ("most", "500"), ("not", "6"), ("all", "900"))
        )
    )
    validate()
    score()
    assert rows(store, "select transaction_id, votes from verdicts order by 1") == [
        ("all", 3),
        ("most", 2),
        ("no", 0),
        ("not", 0),
    ]
    ((told, ko, en),) = rows(
        store,
        "select contributions, explanation_ko, explanation_en from verdicts where transaction_id = 'all'",
    )
    assert [(each["feature"], each["value"]) for each in told] == [("amount", 900.0)]
    assert told[0]["contribution"] > 1
    assert (ko, en) == ("결제 금액 900원.", "An amount of KRW 900.")
    rest = "select contributions, explanation_ko, explanation_en, votes from verdicts where transaction_id = 'most'"
    assert rows(store, rest) == [([], None, None, 2)]
    assert rows(store, "select transaction_id from verdicts where reasons <> '{}' order by 1") == [("all",), ("most",)]


def test_a_crash_while_scoring_writes_nothing_and_the_next_run_writes_all(store, land, champion):
    champion()
    land({"amount": "500"})
    validate()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jikimi.store.batches.finish_scoring", _crash)
        with pytest.raises(ZeroDivisionError):
            score()
    assert rows(store, "select count(*) from predictions") == [(0,)]
    assert rows(store, "select count(*) from alerts") == [(0,)]
    assert score() == 1
    assert score() == 0
    assert rows(store, "select count(*) from predictions") == [(3,)]


@pytest.mark.parametrize(
    "beside",
    [
        "jikimi.store.batches.write_predictions",
        "jikimi.store.batches.write_verdicts",
        "jikimi.store.windows.open_store",
        "ml.scoring.with_reasons",
    ],
)
def test_a_crash_beside_the_scoring_writes_nothing_and_the_next_run_writes_all(store, land, champion, beside):
    champion()
    land({"amount": "500"})
    validate()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jikimi.store.windows.SIDE_BY_SIDE_ROWS", 1)
        patch.setattr(beside, _crash)
        with pytest.raises(ZeroDivisionError):
            score()
    for table in ("predictions", "verdicts", "alerts"):
        assert rows(store, f"select count(*) from {table}") == [(0,)]
    assert score() == 1


def test_micro_batches_see_the_history_that_the_bulk_sees(store, land, champion):
    from datetime import timedelta

    import pandas as pd

    from jikimi.store.labels import insert_labels
    from jikimi.store.training_history import training_history
    from jikimi.store.windows import window_of
    from ml.features import compute_features

    moments = pd.date_range("2026-01-01", periods=16, freq="63h", tz="UTC")
    for number, moment in enumerate(moments):
        who = {"customer_id": f"c{number % 3}", "merchant_id": f"m{number % 4}"}
        land({**who, "occurred_at": moment.isoformat(), "amount": f"{number + 0.1}"})
        validate()
    known = store.execute("select transaction_id, occurred_at from transactions where amount < 8").fetchall()
    labels = pd.DataFrame(known).assign(is_fraud=True, known_at=lambda rows: rows["occurred_at"] + timedelta(days=7))
    insert_labels(store, labels, "bank")
    delay = timedelta(days=7)
    bulk = compute_features(*training_history(store, None))
    for batch_id in (1, 8, 16):
        window = window_of(store, [batch_id], delay)
        ids = window.targets["transaction_id"].tolist()
        features = compute_features(window.transactions, window.labels, ids, counted=window.counted)
        pd.testing.assert_frame_equal(features, bulk.loc[ids], check_exact=True)
    assert bulk["merchant_risk_30d"].max() > 0


def trees_that_fear_amounts_from(limit):
    import pandas as pd
    from sklearn.pipeline import make_pipeline
    from xgboost import XGBClassifier

    from ml.inputs import CategoryNumbers

    amounts = pd.DataFrame({"amount": [float(amount) for amount in range(0, 2 * limit, 10)]})
    trees = XGBClassifier(n_estimators=20, max_depth=1, base_score=0.5, n_jobs=1)
    return make_pipeline(CategoryNumbers(), trees).fit(amounts, amounts["amount"] >= limit)


def test_after_a_rollback_the_rest_of_a_backlog_is_scored_by_the_panel_that_came_back(
    store, land, champion, candidate, monkeypatch
):
    first, bad = champion(limits=(1000, 1000, 1000)), candidate(limits=(1, 1, 1))
    promote(store, bad, "for a test")
    for name in ("a", "b"):
        land({"transaction_id": name})
        validate()
    finish = batches.finish_scoring

    def roll_back_meanwhile(connection, panel_id, *arguments):
        finish(connection, panel_id, *arguments)
        if panel_id == bad:
            rollback(connection, "for a test")

    monkeypatch.setattr("jikimi.store.batches.finish_scoring", roll_back_meanwhile)
    assert ScoreBatchOperator(task_id="score_batch", max_rows=1).execute(RUN) == 1
    assert rows(store, "select transaction_id, panel_id from verdicts order by 1") == [("a", bad), ("b", first)]


@pytest.fixture
def backlog(land, champion):
    """Five rows, and a champion that takes each for fraud."""
    champion()
    land(*({"transaction_id": name, "amount": "500"} for name in "abcde"))


def validate_run(run_id, **limits):
    return ValidateBatchOperator(task_id="validate_batch", **limits).execute({"run_id": run_id})


def score_part(batch_ids):
    return ScoreBatchOperator(task_id="score_batch", batch_ids=batch_ids).execute(RUN)


def test_a_backlog_becomes_several_batches_and_these_become_parts(store, backlog):
    parts = validate_run("first", claim_rows=5, batch_rows=2, part_rows=4)
    assert parts == [[1, 2], [3]]
    assert rows(store, "select landed_count from batches order by batch_id") == [(2,), (2,), (1,)]


def test_a_run_claims_no_more_than_its_share(store, backlog):
    validate_run("first", claim_rows=3, batch_rows=2)
    assert rows(store, "select count(*) from landed_transactions where batch_id is null") == [(2,)]


def test_few_rows_are_one_part(backlog):
    assert validate_run("first") == [[1]]


def test_a_part_scores_its_own_batches_and_leaves_the_others_waiting(store, backlog):
    first, second = validate_run("first", claim_rows=4, batch_rows=2, part_rows=2)
    assert score_part(second) == 2
    assert rows(store, "select transaction_id from verdicts order by 1") == [("c",), ("d",)]
    assert score_part(first) == 2


def test_a_part_that_was_scored_meanwhile_is_passed_over(store, backlog):
    ((_, second),) = validate_run("first", batch_rows=3)
    score_part([second])
    assert score_part([1, second]) == 3
    assert rows(store, "select string_agg(transaction_id, '' order by transaction_id) from verdicts") == [("abcde",)]


def test_a_batch_that_another_task_is_scoring_is_in_no_part(store, backlog, database):
    validate_run("first", claim_rows=2, batch_rows=2)
    with psycopg.connect(database, row_factory=psycopg.rows.dict_row) as other, other.transaction():
        assert batches.claim_validated(other, 10) == [1]
        assert validate_run("second") == [[2]]


def test_batches_that_an_earlier_run_left_come_after_those_of_the_run(backlog):
    validate_run("first", claim_rows=2, batch_rows=1)
    assert validate_run("second", part_rows=3) == [[3], [1, 2]]


def test_a_run_with_new_rows_takes_its_share_of_old_ones_and_an_idle_run_takes_more(backlog):
    validate_run("first", claim_rows=3, batch_rows=1)
    assert validate_run("second", claim_rows=1) == [[4, 1]]
    validate_run("third", claim_rows=1)
    assert validate_run("fourth", claim_rows=1) == [[1, 2, 3, 4, 5]]


def test_without_a_champion_one_part_is_enough_to_say_so(store, land):
    land({}, {})
    assert validate_run("first", batch_rows=1, part_rows=1) == [[1]]
    assert rows(store, "select count(*) from batches where state = 'validated'") == [(2,)]


def _crash(*_, **__):
    raise ZeroDivisionError
