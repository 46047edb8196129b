"""A training leaves a candidate, or the reason why there is none; the champion stays as it is either way."""

import json
import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from operator import itemgetter

import pandas as pd
import pytest
from airflow.sdk.exceptions import AirflowFailException
from mlflow import MlflowClient
from mlflow import artifacts as mlflow_artifacts
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jikimi.exceptions import ServiceUnavailable
from jikimi.operators.training import TrainPanelOperator
from jikimi.store.bulk import copy_frame
from jikimi.store.connection import open_store
from jikimi.store.monitors import references_of
from jikimi.store.months import ensure_months
from jikimi.store.panels import champion as champion_of
from jikimi.store.panels import show_panel
from ml.features import FEATURE_NAMES
from ml.models import MEMBERS
from ml.simulation import simulate

SPEC = {"members": ["logistic_regression", "xgboost"], "messages_per_10k": 200.0, "judge_days": 14}
CONTEXT = {"run_id": "manual__1"}
AWAY = "http://127.0.0.1:9"
ENOUGH = simulate(300, 60, 75, seed=3, end=datetime(2025, 6, 1, tzinfo=UTC))


class BrokenMember(LogisticRegression):
    def fit(self, x, y):
        raise ArithmeticError("the matrix is singular")


def small_member(seed):
    columns = ["amount", "customer_mean_30d", "merchant_risk_7d"]
    numbers = ColumnTransformer([("numbers", StandardScaler(), columns)])
    return make_pipeline(numbers, LogisticRegression(random_state=seed))


@pytest.fixture(scope="module")
def empty_registry(tmp_path_factory):
    """The file of a registry without a run: making its tables takes longer than a training."""
    folder = tmp_path_factory.mktemp("registry")
    MlflowClient(f"sqlite:///{folder}/mlflow.db").search_experiments()
    return folder / "mlflow.db"


@pytest.fixture
def mlflow(tmp_path, monkeypatch, empty_registry):
    """A registry in a folder."""
    shutil.copy(empty_registry, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JIKIMI_HOME", str(tmp_path))
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    return MlflowClient(uri)


@pytest.fixture(autouse=True)
def members(monkeypatch):
    """Members that learn in no time; the real ones have tests of their own."""
    for name in SPEC["members"]:
        monkeypatch.setitem(MEMBERS, name, small_member)


@pytest.fixture
def history(store):
    """Write transactions and labels as a batch of the past."""

    def write(transactions, labels):
        count = len(transactions)
        now = datetime.now(UTC)
        batch = store.execute(
            """insert into batches (source, state, landed_count, valid_count, quarantined_count, first_landed_at,
            claimed_at, first_occurred_at, last_occurred_at)
            values ('history', 'loaded', %s, %s, 0, %s, %s, %s, %s) returning batch_id""",
            (count, count, now, now, transactions["occurred_at"].min(), transactions["occurred_at"].max()),
        ).fetchone()["batch_id"]
        columns = ["transaction_id", "occurred_at", "customer_id", "merchant_id", "category", "amount", "currency"]
        rows = transactions[columns].assign(batch_id=batch, landed_id=range(count), landed_at=now)
        ensure_months(store, rows["occurred_at"])
        copy_frame(store, "transactions", rows)
        copy_frame(store, "labels", labels.assign(source="bank"))

    return write


def train(spec=SPEC, engine="memory"):
    return TrainPanelOperator(task_id="train_panel", spec=spec, engine=engine).execute(CONTEXT)


def failed_runs(mlflow):
    experiments = [experiment.experiment_id for experiment in mlflow.search_experiments()]
    return [run for run in mlflow.search_runs(experiments) if run.info.status == "FAILED"]


def assert_champion_stays(store, panel_id):
    assert champion_of(store).panel_id == panel_id
    assert store.execute("select count(*) from panels where state <> 'champion'").fetchone()["count"] == 0


def test_a_training_leaves_a_candidate_with_figures_versions_and_digests(store, history, mlflow):
    history(*ENOUGH)
    trained = train()
    json.dumps(trained, allow_nan=False, default=str)
    row = show_panel(store, trained["panel_id"])
    assert row["state"] == "candidate"
    assert trained["champion"] is None
    assert set(row["member_figures"]) == set(SPEC["members"])
    assert row["figures"]["expected_messages_per_10k"] is not None
    assert all(len(member["sha256"]) == 64 for member in row["members"])
    assert mlflow.get_run(trained["run_id"]).info.status == "FINISHED"
    assert failed_runs(mlflow) == []


def test_a_training_keeps_what_its_judged_rows_looked_like(store, history, mlflow):
    history(*ENOUGH)
    trained = train()
    kept = references_of(store, trained["panel_id"])
    names = {kind: {each.name for each in kept if each.kind == kind} for kind in ("feature", "score", "vote")}
    assert names["feature"] == set(FEATURE_NAMES)
    assert names["score"] == set(SPEC["members"])
    assert names["vote"] == {*SPEC["members"], "unanimous", "majority"}
    assert all(sum(each.content["counts"]) == each.rows > 1000 for each in kept if each.kind == "score")
    logged = mlflow_artifacts.load_dict(f"runs:/{trained['run_id']}/references.json")["references"]
    assert sorted(logged, key=itemgetter("kind", "name")) == [asdict(each) for each in kept]


def test_a_training_on_disk_gives_the_panel_of_one_in_memory(store, history, mlflow, tmp_path):
    history(*ENOUGH)
    in_memory, on_disk = train(), train(engine="disk")
    assert on_disk["challenger"] == in_memory["challenger"]
    runs = [mlflow.get_run(trained["run_id"]).data.tags["dataset_sha256"] for trained in (in_memory, on_disk)]
    assert runs[0] == runs[1]
    assert list((tmp_path / "training").iterdir()) == []


def test_a_champion_that_cannot_be_measured_stops_no_training(store, history, mlflow, champion):
    history(*ENOUGH)
    panel_id = champion()
    trained = train()
    assert trained["champion"]["panel_id"] == panel_id
    assert trained["champion"]["problem"]
    assert trained["champion"]["panel"] == {}


def honest(labels):
    return labels.assign(is_fraud=False)


def few_frauds(labels):
    return labels.assign(is_fraud=labels["is_fraud"] & (labels.index % 40 == 0))


def nothing(labels):
    return labels.head(0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(honest, "fraud", id="one class"),
        pytest.param(few_frauds, "too few", id="too few frauds"),
        pytest.param(nothing, "expectations", id="no labels"),
    ],
)
def test_history_that_nothing_can_be_learned_from_is_said_everywhere(
    store, history, mlflow, champion, caplog, change, words
):
    transactions, labels = ENOUGH
    history(transactions, change(labels))
    panel_id = champion()
    with pytest.raises(AirflowFailException, match=words) as failure:
        train()
    assert_champion_stays(store, panel_id)
    (run,) = failed_runs(mlflow)
    assert run.data.tags["failure"] == run.data.tags["mlflow.note.content"] == str(failure.value)
    assert run.data.tags["airflow.dag_run"] == "manual__1"


def test_a_missing_column_is_named(store, history, mlflow, champion, role_url):
    history(*ENOUGH)
    panel_id = champion()
    with open_store(role_url("postgres")) as owner:
        owner.execute("alter table labels rename column known_at to known_when")
        try:
            with pytest.raises(AirflowFailException, match=r"known_at.*`make up` migrates"):
                train()
        finally:
            owner.execute("alter table labels rename column known_when to known_at")
    assert_champion_stays(store, panel_id)
    assert "known_at" in failed_runs(mlflow)[0].data.tags["failure"]


def test_a_member_that_fails_in_fit_is_named_and_not_tried_again(store, history, mlflow, champion, monkeypatch):
    history(*ENOUGH)
    panel_id = champion()
    monkeypatch.setitem(MEMBERS, "xgboost", lambda seed: BrokenMember())
    with pytest.raises(AirflowFailException, match="xgboost cannot be fitted: the matrix is singular"):
        train()
    assert_champion_stays(store, panel_id)
    assert "xgboost cannot be fitted" in failed_runs(mlflow)[0].data.tags["failure"]


def test_a_training_without_mlflow_is_tried_again_before_anything_is_learned(
    store, history, champion, monkeypatch, tmp_path
):
    history(*ENOUGH)
    panel_id = champion()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", AWAY)
    monkeypatch.setattr("ml.training.train", lambda *args: pytest.fail("it was trained"))
    with pytest.raises(ServiceUnavailable, match=f"MLflow does not answer at {AWAY}.*tried again"):
        train()
    assert_champion_stays(store, panel_id)


def test_mlflow_that_goes_away_meanwhile_is_tried_again(store, history, mlflow, champion, monkeypatch):
    history(*ENOUGH)
    panel_id = champion()

    def go_away(*args, **kwargs):
        raise ConnectionError("connection refused")

    monkeypatch.setattr("ml.tracking.log_training", go_away)
    with pytest.raises(ConnectionError):
        train()
    assert_champion_stays(store, panel_id)


def test_the_reason_stands_in_airflow_where_mlflow_cannot_keep_it(store, history, mlflow, champion, monkeypatch):
    history(ENOUGH[0], honest(ENOUGH[1]))
    panel_id = champion()

    def refuse(*args, **kwargs):
        raise ConnectionError("connection refused")

    monkeypatch.setattr("ml.tracking.failures.log_failure", refuse)
    with pytest.raises(AirflowFailException, match="fraud"):
        train()
    assert_champion_stays(store, panel_id)


def test_an_empty_database_does_not_pass_its_expectations(store, mlflow):
    with pytest.raises(AirflowFailException, match="does not pass its expectations"):
        train()
    results = store.execute("select count(*) from validation_results where not is_success").fetchone()["count"]
    assert results == 1
    assert pd.notna(results)
