"""A training is logged to a real MLflow server, and its members come back from it as they were."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.exceptions import MlflowException
from mlflow.models import get_model_info

from ml.features import FEATURE_NAMES
from ml.scoring import score_members
from ml.tracking import (
    LoggedTraining,
    TamperedArtefactError,
    load_member,
    log_decision,
    log_training,
    run_url,
    set_aliases,
)
from ml.tracking.describing import finite
from ml.training import TrainedPanel, TrainingSpec

MEMBER_PICTURES = {
    "confusion",
    "feature_importance",
    "precision_recall",
    "reliability",
    "roc",
    "score_distribution",
}
PANEL_PICTURES = {"messages", "precision_recall", "reliability", "roc", "votes"}


@pytest.fixture
def client(server: Any) -> MlflowClient:
    return MlflowClient(server.uri)


@pytest.fixture
def parent(client: MlflowClient, logged: LoggedTraining) -> Run:
    return client.get_run(logged.run_id)


@pytest.fixture
def nested(client: MlflowClient, parent: Run) -> dict[str, Run]:
    of_parent = f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'"
    return {run.info.run_name: run for run in client.search_runs([parent.info.experiment_id], of_parent)}


def _pictures(client: MlflowClient, run: Run) -> set[str]:
    return {Path(file.path).stem for file in client.list_artifacts(run.info.run_id) if file.path.endswith(".png")}


def test_every_figure_that_could_be_computed_is_a_metric(
    parent: Run, nested: dict[str, Run], panel: TrainedPanel
) -> None:
    reached = {name: value for name, value in parent.data.metrics.items() if name != "gain"}
    assert reached == pytest.approx(finite(panel.figures))
    assert {name: run.data.metrics for name, run in nested.items()} == {
        name: pytest.approx(finite(figures)) for name, figures in panel.member_figures.items()
    }


def test_a_training_says_what_was_chosen_and_on_how_much_data(parent: Run, panel: TrainedPanel) -> None:
    params, tags = parent.data.params, parent.data.tags
    assert params["messages_per_10k"] == "100"
    assert params["training_frauds"] == str(panel.training_frauds)
    assert float(params["threshold_xgboost"]) == pytest.approx(panel.thresholds["xgboost"], rel=1e-5)
    assert (tags["started_by"], tags["kind"], tags["dataset_sha256"]) == ("a test", "panel", panel.training_sha256)
    assert "expected" in tags["mlflow.note.content"]


def test_the_datasets_are_named_by_their_digest(parent: Run, panel: TrainedPanel) -> None:
    inputs = {each.dataset.name: each.dataset for each in parent.inputs.dataset_inputs}
    assert set(inputs) == {"training rows", "judged rows"}
    assert inputs["training rows"].digest == panel.training_sha256[:16]
    assert f'"num_rows": {panel.training_rows}, "frauds": {panel.training_frauds}' in inputs["training rows"].profile


def test_pictures_of_the_panel_and_of_every_member_are_kept(
    client: MlflowClient, parent: Run, nested: dict[str, Run], panel: TrainedPanel
) -> None:
    assert _pictures(client, parent) == PANEL_PICTURES
    assert set(nested) == set(panel.members)
    for name, run in nested.items():
        assert _pictures(client, run) - {"shap_summary"} == MEMBER_PICTURES, name


def test_members_of_trees_have_a_shap_picture(client: MlflowClient, nested: dict[str, Run]) -> None:
    for name in ("random_forest", "xgboost"):
        assert "shap_summary" in _pictures(client, nested[name])


def test_a_version_has_a_card_and_tags(client: MlflowClient, logged: LoggedTraining, panel: TrainedPanel) -> None:
    for name, member in logged.versions.items():
        version = client.get_model_version(member.model_name, str(member.version))
        assert f"`{panel.training_sha256[:16]}…`" in version.description
        assert f"**{panel.thresholds[name]:.6g}**" in version.description
        for title in ("## Data", "## How good it is", "## Threshold", "## Calibration", "## Limits", "## Load it"):
            assert title in version.description
        assert version.tags["sha256"] == member.sha256
        assert version.tags["panel_run"] == logged.run_id
        assert float(version.tags["threshold"]) == panel.thresholds[name]
        assert "challenger" in client.get_registered_model(member.model_name).description


def test_members_score_the_same_after_they_were_loaded(
    server: Any, logged: LoggedTraining, panel: TrainedPanel, history: tuple[pd.DataFrame, ...]
) -> None:
    loaded = {
        name: load_member(each.model_name, each.version, server.uri, each.sha256)
        for name, each in logged.versions.items()
    }
    rows = history[0].tail(300)
    pd.testing.assert_frame_equal(score_members(rows, loaded), score_members(rows, panel.members), check_exact=True)
    for name in ("random_forest", "xgboost"):
        parameters = loaded[name].get_params()
        assert [value for key, value in parameters.items() if key.split("__")[-1] == "n_jobs"] == [1]


def test_registered_models_say_what_they_take(server: Any, logged: LoggedTraining) -> None:
    member = logged.versions["logistic_regression"]
    assert member.model_name == "jikimi_logistic_regression"
    signature = get_model_info(f"models:/{member.model_name}/{member.version}").signature
    assert signature.inputs.input_names() == list(FEATURE_NAMES)


def test_a_version_that_does_not_exist_is_an_error(server: Any, logged: LoggedTraining) -> None:
    with pytest.raises(MlflowException):
        load_member(logged.versions["xgboost"].model_name, 99, server.uri)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda file: file.write_bytes(b"not a model"), id="changed"),
        pytest.param(lambda file: file.rename(file.with_name("other")), id="renamed"),
        pytest.param(lambda file: file.with_name("more.py").write_text("print()"), id="added"),
    ],
)
def test_a_tampered_artefact_is_refused_before_it_is_opened(
    change: Any, server: Any, logged: LoggedTraining, client: MlflowClient, tmp_path: Path
) -> None:
    member = logged.versions["logistic_regression"]
    folder = _artefacts(server, client, member.model_name, member.version)
    kept = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    try:
        # Opening it would fail in another way: this file is the first that MLflow reads.
        change(folder / "MLmodel")
        with pytest.raises(TamperedArtefactError, match=r"jikimi_logistic_regression version 1 .* rollback"):
            load_member(member.model_name, member.version, server.uri, member.sha256)
    finally:
        for file in set(folder.rglob("*")) - set(kept):
            if file.is_file():
                file.unlink()
        for file, content in kept.items():
            file.write_bytes(content)
    load_member(member.model_name, member.version, server.uri, member.sha256)


def _artefacts(server: Any, client: MlflowClient, name: str, number: int) -> Path:
    """Return the folder in which the server keeps a version's files."""
    model_id = client.get_model_version(name, str(number)).source.removeprefix("models:/")
    (folder,) = server.artefacts.glob(f"**/{model_id}/artifacts")
    return Path(folder)


def test_aliases_move_to_the_versions_given_and_leave_the_others(
    server: Any, logged: LoggedTraining, client: MlflowClient
) -> None:
    versions = {each.model_name: each.version for each in logged.versions.values()}
    set_aliases("champion", versions, server.uri)
    for name, number in versions.items():
        assert int(client.get_model_version_by_alias(name, "champion").version) == number
    (kept, _), *_ = versions.items()
    set_aliases("champion", {kept: versions[kept]}, server.uri)
    holders = [name for name in versions if "champion" in client.get_registered_model(name).aliases]
    assert holders == [kept]


def test_an_alias_without_versions_is_gone_and_the_other_stays(
    server: Any, logged: LoggedTraining, client: MlflowClient
) -> None:
    member = logged.versions["xgboost"]
    for alias in ("champion", "challenger"):
        set_aliases(alias, {member.model_name: member.version}, server.uri)
    set_aliases("challenger", {}, server.uri)
    assert set(client.get_registered_model(member.model_name).aliases) == {"champion"}


def test_the_last_decision_stands_on_the_run_above_its_summary(
    server: Any, logged: LoggedTraining, client: MlflowClient
) -> None:
    log_decision(logged.run_id, False, "Refused: too few frauds.", server.uri)
    log_decision(logged.run_id, True, "Promoted by hand.", server.uri, {"gain": 0.5, "unknown": float("nan")})
    run = client.get_run(logged.run_id)
    assert (run.data.tags["is_promoted"], run.data.tags["decision"]) == ("true", "Promoted by hand.")
    note = run.data.tags["mlflow.note.content"]
    assert note.startswith("**Decision:** Promoted by hand.\n\n---\n\n")
    assert "Refused" not in note
    assert "Trained on" in note
    assert (run.data.metrics["gain"], "unknown" in run.data.metrics) == (0.5, False)


def test_the_page_of_a_run_has_an_address(server: Any, logged: LoggedTraining, parent: Run) -> None:
    expected = f"https://pages/#/experiments/{parent.info.experiment_id}/runs/{logged.run_id}"
    assert run_url(logged.run_id, server.uri, "https://pages/") == expected


@pytest.mark.timeout(60)
def test_a_server_that_is_away_is_said_and_not_waited_for(
    panel: TrainedPanel, spec: TrainingSpec, history: tuple[pd.DataFrame, ...], closed_port: int
) -> None:
    away = f"http://127.0.0.1:{closed_port}"
    attempts = (
        lambda: log_training(panel, history[0], spec, away),
        lambda: load_member("jikimi_xgboost", 1, away, "0" * 64),
        lambda: set_aliases("champion", {}, away),
        lambda: log_decision("0" * 32, True, "Promoted.", away),
    )
    # At once: each tries again for some seconds.
    with ThreadPoolExecutor(len(attempts)) as threads:
        for attempt in [threads.submit(each) for each in attempts]:
            with pytest.raises(MlflowException, match=f"does not answer at {away}"):
                attempt.result()
