"""The inbox of unknown alerts in Airflow: what is asked, and what each answer leads to."""

import json
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from jikimi.operators.review import AGAIN, DELIVERED, LEAVE, LOST, FindUnknownAlertsOperator, ReviewAlertOperator
from tests.integration.alert_rows import add_alert, add_try, decisions_of, row_of

DAGS = Path(__file__).parents[3] / "dags"


class Someone:
    """A user of Airflow."""

    def get_id(self):
        return "7"

    def get_name(self):
        return "kim"


def event(choice, reason="", user=True):
    return {
        "chosen_options": [choice],
        "params_input": {"reason": reason} if reason else {},
        "responded_at": datetime.now(UTC),
        "responded_by_user": {"id": "7", "name": "kim"} if user else None,
        "timedout": not user,
    }


@pytest.fixture
def asked(store):
    """Find the unknown alerts and return the operator that asks about one."""

    def operator_of(alert_id):
        (found,) = [
            each for each in FindUnknownAlertsOperator(task_id="find").execute({}) if each["alert_id"] == alert_id
        ]
        return ReviewAlertOperator(task_id="review", alert=json.loads(json.dumps(found)), params={"reason": ""})

    return operator_of


@pytest.mark.parametrize(
    ("choice", "state", "decision"),
    [
        pytest.param(DELIVERED, "delivered", "resolved_delivered", id="arrived"),
        pytest.param(LOST, "failed", "resolved_failed", id="lost"),
        pytest.param(AGAIN, "pending", "retried", id="again"),
    ],
)
def test_an_answer_is_carried_out_and_kept(store, asked, choice, state, decision):
    alert_id = add_alert(store, "unknown")
    sentence = asked(alert_id).execute_complete({}, event(choice, "seen in the portal"))
    assert sentence.startswith(f"kim resolved alert {alert_id}")
    assert row_of(store, alert_id)["state"] == state
    assert decisions_of(store, alert_id) == [(decision, "unknown", "kim", "seen in the portal")]


def test_leaving_it_and_silence_decide_nothing(store, asked):
    alert_id = add_alert(store, "unknown")
    operator = asked(alert_id)
    for answer in (event(LEAVE), event(operator.defaults[0], user=False)):
        with pytest.raises(AirflowSkipException, match="stays unknown"):
            operator.execute_complete({}, answer)
    assert (row_of(store, alert_id)["state"], decisions_of(store, alert_id)) == ("unknown", [])
    assert operator.response_timeout.total_seconds() == 12 * 3600


def test_an_answer_that_comes_too_late_changes_nothing(store, asked):
    alert_id = add_alert(store, "unknown")
    operator = asked(alert_id)
    store.execute("update alerts set state = 'delivered', accepted_at = now()")
    with pytest.raises(AirflowSkipException, match=f"alert {alert_id} is delivered by now"):
        operator.execute_complete({}, event(AGAIN, "sure"))
    assert decisions_of(store, alert_id) == []


def test_only_the_oldest_are_asked_about_and_nobody_is_named(store):
    alerts = [add_alert(store, "unknown", f"customer-77{n}") for n in range(3)]
    add_try(store, alerts[0], dealer_id="x`y", code="-603")
    first, second = FindUnknownAlertsOperator(task_id="find", limit=2).execute({})
    assert [first["alert_id"], second["alert_id"]] == alerts[:2]
    assert (first["dealer_id"], first["customer"]) == ("x`y", "c***70")
    assert "customer-770" not in json.dumps([first, second])


@pytest.fixture(scope="module")
def airflow_database():
    """Airflow's own tables, in the folder that tests/conftest.py made."""
    from airflow.utils.db import upgradedb

    upgradedb()


@pytest.fixture
def run_dag(airflow_database, monkeypatch, store):
    """Run the DAG as Airflow does while a person answers; gives map index -> state, and what was asked."""
    bundle = {
        "name": "dags-folder",
        "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
        "kwargs": {"path": str(DAGS)},
    }
    monkeypatch.setenv("AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST", json.dumps([bundle]))
    monkeypatch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")

    def run(*choices):
        from airflow.dag_processing.dagbag import DagBag

        asked, problems = [], []
        person = threading.Thread(target=answer, args=(choices, asked, problems), daemon=True)
        person.start()
        dag = DagBag(DAGS / "review_unknown_alerts.py").dags["review_unknown_alerts"]
        dag_run = dag.test()
        person.join(timeout=10)
        assert problems == []
        tasks = [task for task in dag_run.get_task_instances() if task.task_id == "review_alert"]
        return {task.map_index: str(task.state) for task in tasks}, asked

    return run


def answer(choices, asked, problems):
    """Answer each question as Airflow's API does, when it is asked."""
    from airflow.api_fastapi.core_api.datamodels.hitl import UpdateHITLDetailPayload
    from airflow.api_fastapi.core_api.routes.public.hitl import update_hitl_detail
    from airflow.models.hitl import HITLDetail
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    left = list(choices)
    for _ in range(240):
        if not left:
            return
        time.sleep(0.25)
        with create_session() as session:
            task = session.query(TaskInstance).filter_by(task_id="review_alert", state="awaiting_input").first()
            if task is None:
                continue
            try:
                question = session.get(HITLDetail, task.id)
                asked.append((question.subject, question.body))
                payload = UpdateHITLDetailPayload(chosen_options=[left.pop(0)], params_input={"reason": "looked"})
                update_hitl_detail(task.dag_id, task.run_id, task.task_id, payload, Someone(), session, task.map_index)
            except Exception as error:  # the run would wait for ever
                problems.append(error)
                task.state = "failed"
                return


def test_the_dag_asks_about_each_alert_and_does_what_is_said(run_dag, store):
    alerts = [add_alert(store, "unknown", f"c{n}") for n in range(2)]
    add_try(store, alerts[0], dealer_id="x`**y**")
    states, asked = run_dag(DELIVERED, LEAVE)
    assert states == {0: "success", 1: "skipped"}
    assert [row_of(store, each)["state"] for each in alerts] == ["delivered", "unknown"]
    assert decisions_of(store, alerts[0]) == [("resolved_delivered", "unknown", "kim", "looked")]
    subject, body = asked[0]
    assert subject.startswith(f"Did alert {alerts[0]} arrive?")
    assert "- The dealer calls it: `x**y**`" in body


def test_the_dag_asks_nobody_where_nothing_is_unknown(run_dag):
    states, asked = run_dag()
    assert (set(states.values()), asked) == ({"skipped"}, [])
