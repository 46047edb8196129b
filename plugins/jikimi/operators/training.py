"""The two steps of `train_panel`: a panel is trained and compared, then promoted or rejected."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from jikimi import defaults
from jikimi.links import MLflowRunLink
from jikimi.models import load_members
from jikimi.store import panels
from jikimi.store.connection import Connection, open_store
from jikimi.store.validation import keep_result
from jikimi.store.windows import longest_window, training_history

if TYPE_CHECKING:
    import pandas as pd
    from airflow.sdk import Context

    from ml.evaluation import Figures
    from ml.promotion import Decision
    from ml.training import TrainedPanel, TrainingSpec


class TrainPanelOperator(BaseOperator):
    """Trains every member on the past, measures the panel on later days, and logs all of it in MLflow.

    :param spec: fields of `ml.training.TrainingSpec`; what is missing has its default.
    :return: the candidate's id, its MLflow run and the figures of candidate and champion on the same window.
    """

    template_fields = ("spec",)
    operator_extra_links = (MLflowRunLink(),)

    def __init__(self, *, spec: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spec = spec
        self.mlflow_run_url: str | None = None

    def execute(self, context: "Context") -> dict[str, Any]:
        """Train one panel."""
        import pandas as pd

        from ml.features import compute_features
        from ml.training import TooLittleDataError, train

        spec = _spec(self.spec)
        with open_store() as store:
            transactions, labels = training_history(store, _days_of_history(spec))
            self._check(store, transactions, labels)
            features = compute_features(transactions, labels, delay=pd.Timedelta(days=spec.delay_days))
            try:
                panel = train(features, transactions, labels, spec)
            except TooLittleDataError as error:
                raise AirflowFailException(str(error)) from error
            champion = self._judge_champion(store, features, transactions, labels, spec)
            result = self._keep(store, panel, features, spec)
        return {**result, "champion": champion and asdict(champion)}

    def _check(self, store: Connection, transactions: "pd.DataFrame", labels: "pd.DataFrame") -> None:
        from ml.expectations import validate_training

        check = validate_training(transactions, labels, _newest(transactions))
        keep_result(store, "training", check.result)
        if not check.is_success:
            raise AirflowFailException(
                f"the history does not pass its expectations ({', '.join(check.failed)}): see the table "
                "validation_results or `jikimi data-docs`, load what is missing and clear this task"
            )

    def _judge_champion(
        self,
        store: Connection,
        features: "pd.DataFrame",
        transactions: "pd.DataFrame",
        labels: "pd.DataFrame",
        spec: "TrainingSpec",
    ) -> "Figures | None":
        from ml.training import judge

        if (champion := panels.champion(store)) is None:
            return None
        thresholds = {member.name: member.threshold for member in champion.members}
        return judge(load_members(champion), thresholds, features, transactions, labels, spec)

    def _keep(
        self, store: Connection, panel: "TrainedPanel", features: "pd.DataFrame", spec: "TrainingSpec"
    ) -> dict[str, Any]:
        from ml.tracking import log_training, run_url

        uri = defaults.tracking_uri()
        logged = log_training(panel, features, spec, uri)
        self.mlflow_run_url = run_url(logged.run_id, uri, defaults.mlflow_pages())
        panel_id = panels.record_panel(store, _new_panel(panel, spec, logged.run_id, logged.versions))
        for name, value in sorted(panel.figures.items()):
            self.log.info("panel %s reached %s %.3f", panel_id, name.replace("_", " "), value)
        figures = {"panel": panel.figures, "members": panel.member_figures}
        versions = dict(logged.versions.values())
        return {"panel_id": panel_id, "run_id": logged.run_id, "versions": versions, "challenger": figures}


class PromotePanelOperator(BaseOperator):
    """Makes the candidate the champion where it is better, and keeps the decision where it is not.

    :param trained: what `TrainPanelOperator` returned.
    :param spec: as given to it.
    """

    template_fields = ("trained", "spec")
    operator_extra_links = (MLflowRunLink(),)

    def __init__(self, *, trained: Any, spec: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.trained = trained
        self.spec = spec
        self.mlflow_run_url: str | None = None

    def execute(self, context: "Context") -> str:
        """Decide. A rejection is a skip, so that nothing downstream believes in a new panel."""
        from ml.evaluation import Figures
        from ml.promotion import decide
        from ml.tracking import run_url

        trained = self.trained
        self.mlflow_run_url = run_url(trained["run_id"], defaults.tracking_uri(), defaults.mlflow_pages())
        champion = Figures(**trained["champion"]) if trained["champion"] else None
        decision = decide(Figures(**trained["challenger"]), champion, _spec(self.spec))
        self._keep(decision)
        if not decision.is_promoted:
            raise AirflowSkipException(decision.sentence)
        return decision.sentence

    def _keep(self, decision: "Decision") -> None:
        """Write the decision; the one row in `panels` counts, MLflow repeats it for its readers."""
        from ml.tracking import log_decision, set_champion

        panel_id, run_id, uri = self.trained["panel_id"], self.trained["run_id"], defaults.tracking_uri()
        with open_store() as store:
            if decision.is_promoted:
                panels.promote(store, panel_id, decision.sentence)
                set_champion(self.trained["versions"], uri)
                self._open_members(store)
            else:
                panels.reject(store, panel_id, decision.sentence)
        log_decision(run_id, decision.is_promoted, decision.sentence, uri)

    def _open_members(self, store: Connection) -> None:
        """Open the members once here, where seconds do not matter, so that the next batch finds them in the cache."""
        if champion := panels.champion(store):
            load_members(champion)


def _spec(fields: dict[str, Any]) -> "TrainingSpec":
    from ml.training import TrainingSpec

    return TrainingSpec(**{**fields, "members": tuple(fields["members"])})


def _days_of_history(spec: "TrainingSpec") -> float | None:
    """Return how far back rows are read: the windows of a training, and the longest window of their features."""
    if spec.train_days is None:
        return None
    return spec.train_days + spec.judge_days + 3 * spec.delay_days + longest_window().days


def _newest(transactions: "pd.DataFrame") -> Any:
    return transactions["occurred_at"].max()


def _new_panel(
    panel: "TrainedPanel", spec: "TrainingSpec", run_id: str, versions: dict[str, tuple[str, int]]
) -> panels.NewPanel:
    return panels.NewPanel(
        policy=spec.policy,
        messages_per_10k=spec.messages_per_10k,
        mlflow_run_id=run_id,
        members=tuple(panels.Member(name, *versions[name], panel.thresholds[name]) for name in panel.members),
        figures=panel.figures,
        member_figures=panel.member_figures,
        **vars(panel.windows),
    )
