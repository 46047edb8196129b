"""The gate's decision becomes states, rows and an answer that a person gives; the DAG runs it in that order."""

import json
import math
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from mlflow.exceptions import MlflowException

from jikimi.operators.promotion import (
    ASK,
    AUTOMATIC,
    LEAVE,
    PROMOTE,
    REJECT,
    ApprovePanelOperator,
    JudgePanelOperator,
    PromotePanelOperator,
)
from jikimi.operators.training import TrainPanelOperator
from jikimi.store.panels import Member, NewPanel, challenge, promote, record_panel, rollback, show_panel, state_of
from jikimi.store.panels import challenger as challenger_of
from jikimi.store.panels import champion as champion_of
from ml.tracking import TamperedArtefactError

DAGS = Path(__file__).parents[3] / "dags"
THEN = datetime(2026, 1, 1, tzinfo=UTC)
MEMBER = {"average_precision": 0.6, "score_spread": 0.9, "calibration_ratio": 1.0, "calibration_error": 0.001}
MEMBERS = {"alpha": MEMBER, "beta": MEMBER}
PANEL = {
    "average_precision": 0.6,
    "card_precision_at_100": 0.3,
    "messages_per_day": 10.0,
    "messages_per_10k": 40.0,
    "false_alarms_per_10k": 10.0,
    "amount_caught": 1000.0,
    "message_precision": math.nan,
}


@pytest.fixture(autouse=True)
def mlflow_is_away(monkeypatch, tmp_path):
    """What is decided is decided; MLflow hears of it later."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    # Nobody waits for it to come back; the tests of tracking do.
    monkeypatch.setattr("ml.tracking.server.TRIES_AGAIN", 0)
    monkeypatch.setenv("JIKIMI_HOME", str(tmp_path))
    monkeypatch.setattr("jikimi.operators.promotion.load_members", lambda panel: {})


@pytest.fixture
def aliases(monkeypatch):
    """Aliases as MLflow would have them, and what was written on runs."""
    kept = {}
    monkeypatch.setattr("ml.tracking.set_aliases", lambda alias, versions, uri: kept.update({alias: versions}))
    monkeypatch.setattr("ml.tracking.log_decision", lambda run, is_promoted, *a, **k: kept.update({run: is_promoted}))
    return kept


def record(store, version=1, **panel):
    members = tuple(Member(name, f"jikimi_{name}", version, 0.5) for name in MEMBERS)
    figures = PANEL | panel
    new = NewPanel("unanimous", 50, f"run-{version}", THEN, THEN, THEN, THEN, members, figures, MEMBERS)
    return record_panel(store, new)


def trained(store, champion_id=None, members=MEMBERS, **panel):
    """Return what the training hands over: a candidate and, where there is one, a champion on the same window."""
    panel_id = record(store, 2, **panel)
    figures = {name: None if math.isnan(value) else value for name, value in (PANEL | panel).items()}
    champion = {
        "panel_id": champion_id,
        "problem": "",
        "panel": figures | {"average_precision": 0.5},
        "members": MEMBERS,
    }
    spec = {"members": ["alpha", "beta"], "messages_per_10k": 50.0, "judge_days": 7}
    return {
        "panel_id": panel_id,
        "run_id": "run-2",
        "run_url": "http://mlflow/run-2",
        "spec": spec,
        "challenger": {"panel": figures, "members": members},
        "champion": champion if champion_id else None,
    }


class Task:
    """A task instance that keeps what is handed over."""

    def __init__(self):
        self.pushed = {}

    def xcom_push(self, key, value):
        self.pushed[key] = value


def judge(hand_over, promotion=AUTOMATIC):
    """Run the gate; returns what it hands over, and the task that it goes on to."""
    operator = JudgePanelOperator(task_id="judge_panel", trained=hand_over, promotion=promotion)
    branches = []
    operator.do_branch = lambda context, task_id: branches.append(task_id)
    task = Task()
    judged = operator.execute({"ti": task})
    assert task.pushed == {"return_value": judged}
    json.dumps(judged, allow_nan=False)
    return judged, branches[0]


def carry_out(judged, choice=None, by="kim", reason=""):
    approval = choice and {"choice": choice, "decided_by": by, "reason": reason}
    return PromotePanelOperator(task_id="promote_panel", judged=judged, approval=approval).execute({})


def decisions(store, panel_id):
    return [row["decision"] for row in show_panel(store, panel_id)["decisions"]]


@pytest.fixture
def first(store):
    panel_id = record(store)
    promote(store, panel_id, "first")
    return panel_id


def test_a_better_panel_is_promoted_without_anybody_being_asked(store, first, aliases):
    judged, task = judge(trained(store, first))
    assert task == "promote_panel"
    assert "Better than the champion" in carry_out(judged)
    carry_out(judged)
    panel_id = judged["panel_id"]
    assert champion_of(store).panel_id == panel_id
    assert decisions(store, panel_id) == ["promoted"]
    row = show_panel(store, panel_id)
    assert row["champion_figures"]["average_precision"] == 0.5
    assert row["decided_by"] == "jikimi"
    checks = row["decisions"][0]["figures"]["checks"]
    assert {"average precision", "amount caught"} < {check["name"] for check in checks}
    assert aliases == {"champion": {"jikimi_alpha": 2, "jikimi_beta": 2}, "challenger": {}, "run-2": True}


def test_a_refusal_is_a_skip_with_its_sentence_and_is_kept(store, first, aliases):
    hand_over = trained(store, first, average_precision=0.4)
    hand_over["champion"]["panel"]["average_precision"] = 0.5
    with pytest.raises(AirflowSkipException, match=r"average precision 0.400 against 0.500"):
        judge(hand_over)
    row = show_panel(store, hand_over["panel_id"])
    assert (row["state"], row["decided_by"]) == ("rejected", "jikimi")
    assert "0.400 against 0.500" in row["decision"]
    assert [decision["decision"] for decision in row["decisions"]] == ["rejected"]
    assert aliases == {"run-2": False}


def test_a_champion_that_could_not_be_measured_is_not_beaten(store, first, aliases):
    hand_over = trained(store, first)
    hand_over["champion"] |= {"panel": {}, "members": {}, "problem": "TamperedArtefactError: other files"}
    with pytest.raises(AirflowSkipException, match=r"could not be measured: TamperedArtefactError: other files"):
        judge(hand_over)
    assert champion_of(store).panel_id == first


def test_a_panel_that_a_person_must_approve_scores_in_the_shadow_meanwhile(store, first, aliases):
    judged, task = judge(trained(store, first), ASK)
    assert task == "approve_panel"
    assert (champion_of(store).panel_id, challenger_of(store).panel_id) == (first, judged["panel_id"])
    assert aliases == {
        "champion": {"jikimi_alpha": 1, "jikimi_beta": 1},
        "challenger": {"jikimi_alpha": 2, "jikimi_beta": 2},
        "run-2": False,
    }


def test_an_approval_promotes_with_the_name_of_who_approved(store, first, aliases):
    judged, _ = judge(trained(store, first), ASK)
    sentence = carry_out(judged, PROMOTE, "kim", "seen for a week.")
    assert sentence.endswith("Approved by kim: seen for a week.")
    row = show_panel(store, judged["panel_id"])
    assert (row["state"], row["decided_by"]) == ("champion", "kim")
    assert aliases["challenger"] == {}


def test_a_rejection_is_a_skip_with_the_name_of_who_rejected(store, first, aliases):
    judged, _ = judge(trained(store, first), ASK)
    for _ in range(2):
        with pytest.raises(AirflowSkipException, match="Rejected by kim: too many old customers"):
            carry_out(judged, REJECT, "kim", "too many old customers")
    assert decisions(store, judged["panel_id"]) == ["challenging", "rejected"]
    assert show_panel(store, judged["panel_id"])["decided_by"] == "kim"
    assert champion_of(store).panel_id == first


def test_silence_leaves_the_challenger_in_the_shadow(store, first, aliases):
    judged, _ = judge(trained(store, first), ASK)
    with pytest.raises(AirflowSkipException, match="stays in the shadow"):
        carry_out(judged, LEAVE, "jikimi")
    assert challenger_of(store).panel_id == judged["panel_id"]


def test_an_approval_that_comes_too_late_says_what_happened_meanwhile(store, first, aliases):
    judged, _ = judge(trained(store, first), ASK)
    newer = record(store, 3)
    challenge(store, newer, "better still")
    with pytest.raises(AirflowFailException, match=rf"is rejected \(Panel {newer} became challenger"):
        carry_out(judged, PROMOTE)
    assert champion_of(store).panel_id == first


def test_an_approval_does_not_replace_a_champion_that_the_panel_was_not_compared_with(store, first, aliases):
    second = record(store, 4)
    promote(store, second, "better")
    judged, _ = judge(trained(store, second), ASK)
    rollback(store, "bad")
    with pytest.raises(AirflowFailException, match="was not compared with it"):
        carry_out(judged, PROMOTE)
    assert (champion_of(store).panel_id, state_of(store, judged["panel_id"])) == (first, "challenger")


def test_a_candidate_that_was_compared_with_a_former_champion_is_refused_in_writing(store, first, aliases):
    second = record(store, 4)
    promote(store, second, "better")
    judged, _ = judge(trained(store, second))
    rollback(store, "bad")
    with pytest.raises(AirflowFailException, match="was not compared with it"):
        carry_out(judged)
    row = show_panel(store, judged["panel_id"])
    assert (row["state"], champion_of(store).panel_id) == ("rejected", first)
    assert "was not compared with it" in row["decision"]
    assert aliases["run-2"] is False


def test_a_promotion_stands_while_mlflow_is_away_and_says_so(store, first, caplog):
    judged, _ = judge(trained(store, first))
    carry_out(judged)
    assert champion_of(store).panel_id == judged["panel_id"]
    assert "the aliases in MLflow are behind; the next training" in caplog.text
    assert "the decision stands in the table panel_decisions" in caplog.text


@pytest.mark.parametrize(
    ("problem", "raised"),
    [
        pytest.param(TamperedArtefactError("jikimi_alpha", 2, "a" * 64, "b" * 64), AirflowFailException, id="changed"),
        pytest.param(MlflowException("MLflow does not answer"), MlflowException, id="MLflow is away"),
    ],
)
def test_a_panel_that_cannot_be_opened_takes_nobodys_place(store, first, aliases, monkeypatch, problem, raised):
    def cannot(panel):
        assert [member.model_version for member in panel.members] == [2, 2]
        raise problem

    judged, _ = judge(trained(store, first))
    monkeypatch.setattr("jikimi.operators.promotion.load_members", cannot)
    with pytest.raises(raised):
        carry_out(judged)
    assert (champion_of(store).panel_id, state_of(store, judged["panel_id"])) == (first, "candidate")


class Someone:
    """A user of Airflow."""

    def get_id(self):
        return "7"

    def get_name(self):
        return "kim"


def answer(choice, reason, problems):
    """Answer the question as Airflow's API does, when it is asked; gives what was asked."""
    from airflow.api_fastapi.core_api.datamodels.hitl import UpdateHITLDetailPayload
    from airflow.api_fastapi.core_api.routes.public.hitl import update_hitl_detail
    from airflow.models.hitl import HITLDetail
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    asked = {}

    def wait_and_answer():
        for _ in range(240):
            time.sleep(0.25)
            with create_session() as session:
                task = session.query(TaskInstance).filter_by(task_id="approve_panel", state="awaiting_input").first()
                if task is None:
                    continue
                try:
                    question = session.get(HITLDetail, task.id)
                    asked.update(subject=question.subject, body=question.body, options=question.options)
                    payload = UpdateHITLDetailPayload(chosen_options=[choice], params_input={"reason": reason})
                    update_hitl_detail(task.dag_id, task.run_id, task.task_id, payload, Someone(), session)
                except Exception as error:  # the run would wait for ever
                    problems.append(error)
                    task.state = "failed"
                return

    thread = threading.Thread(target=wait_and_answer, daemon=True)
    thread.start()
    return asked, thread


@pytest.fixture(scope="module")
def airflow_database():
    """Airflow's own tables, in the folder that tests/conftest.py made."""
    from airflow.utils.db import upgradedb

    upgradedb()


@pytest.fixture
def run_dag(airflow_database, monkeypatch, store, first, aliases):
    """Run the DAG as Airflow does, its training replaced by a better panel; returns task -> state."""
    bundle = {
        "name": "dags-folder",
        "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
        "kwargs": {"path": str(DAGS)},
    }
    monkeypatch.setenv("AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST", json.dumps([bundle]))
    monkeypatch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")

    def run(promotion, **panel):
        from airflow.dag_processing.dagbag import DagBag

        hand_over = trained(store, first, **panel)
        monkeypatch.setattr(TrainPanelOperator, "execute", lambda self, context: hand_over)
        dag = DagBag(DAGS / "train_panel.py").dags["train_panel"]
        dag_run = dag.test(run_conf={"promotion": promotion})
        return hand_over["panel_id"], {task.task_id: str(task.state) for task in dag_run.get_task_instances()}

    return run


def test_the_dag_promotes_by_itself(run_dag, store):
    panel_id, states = run_dag(AUTOMATIC)
    assert states == {
        "train_panel": "success",
        "judge_panel": "success",
        "approve_panel": "skipped",
        "promote_panel": "success",
    }
    assert champion_of(store).panel_id == panel_id


@pytest.mark.parametrize(
    ("choice", "state", "end"),
    [
        pytest.param(PROMOTE, "champion", "success", id="promoted"),
        pytest.param(REJECT, "rejected", "skipped", id="rejected"),
    ],
)
def test_the_dag_asks_a_person_and_does_what_they_say(run_dag, store, choice, state, end):
    problems = []
    asked, thread = answer(choice, "looked at it", problems)
    panel_id, states = run_dag(ASK)
    thread.join(timeout=10)
    assert problems == []
    assert (states["approve_panel"], states["promote_panel"]) == ("success", end)
    row = show_panel(store, panel_id)
    assert (row["state"], row["decided_by"]) == (state, "kim")
    assert "looked at it" in row["decision"]
    assert asked["subject"] == f"Promote panel {panel_id}?"
    assert "| average precision | 0.600 | 0.500 |" in asked["body"]
    assert asked["options"] == [PROMOTE, REJECT, LEAVE]


def test_in_the_dag_a_refusal_skips_what_comes_after_it(run_dag, store, first):
    _, states = run_dag(ASK, amount_caught=-1.0)
    assert {states[task] for task in ("judge_panel", "approve_panel", "promote_panel")} == {"skipped"}
    assert champion_of(store).panel_id == first


def test_nobody_answering_in_time_is_no_decision():
    operator = ApprovePanelOperator(task_id="approve_panel", judged={"run_url": "", "panel_id": 1})
    event = {
        "chosen_options": operator.defaults,
        "params_input": {},
        "responded_at": THEN,
        "responded_by_user": None,
        "timedout": True,
    }
    assert operator.execute_complete({}, event) == {"choice": LEAVE, "decided_by": "jikimi", "reason": ""}
    assert operator.response_timeout.days == 7
