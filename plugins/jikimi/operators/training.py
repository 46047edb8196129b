"""The first step of `train_panel`: a panel is trained, measured beside the champion, and kept as a candidate."""

from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from jikimi import defaults
from jikimi.exceptions import ServiceUnavailable, StoreOutdated, StoreUnavailable
from jikimi.links import MLflowRunLink
from jikimi.models import load_members
from jikimi.registry import follow_panels, tell_failure
from jikimi.store import panels
from jikimi.store.connection import Connection, open_store
from jikimi.store.long_history import one_snapshot, training_outline, training_pieces
from jikimi.store.training_history import training_history
from jikimi.store.validation import keep_result
from jikimi.store.windows import longest_window

if TYPE_CHECKING:
    import pandas as pd
    from airflow.sdk import Context

    from ml.training import TrainedPanel, TrainingSpec
    from ml.voting import Policy

    History = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


class TrainPanelOperator(BaseOperator):
    """Trains every member on the past, measures the panel on later days, and logs all of it in MLflow.

    What a further try cannot mend (too few frauds, a column that is missing, a member that fails) ends the run at
    once, with the reason in Airflow and in MLflow; a server that is away is tried again. The champion stays.

    :param spec: fields of `ml.training.TrainingSpec`; what is missing has its default.
    :param engine: `memory`, or `disk` for more rows than memory holds: slower, and the panel is the same.
    :return: the candidate's id, its MLflow run, its spec, and the figures of candidate and champion on the same window.
    """

    template_fields = ("spec", "engine")
    operator_extra_links = (MLflowRunLink(),)

    def __init__(self, *, spec: dict[str, Any], engine: str = "memory", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spec = spec
        self.engine = engine
        self.mlflow_run_url: str | None = None

    def execute(self, context: "Context") -> dict[str, Any]:
        """Train one panel."""
        tags = {"airflow.dag_run": str(context["run_id"])}
        try:
            with open_store() as store:
                self._demand_mlflow(store)
                return self._train(store, tags)
        except Exception as error:
            sentence = _explained(error)
            if sentence is None:
                raise
            self.log.exception("the champion stays as it is; the training came to nothing")
            tell_failure(sentence, tags)
            raise AirflowFailException(sentence) from error

    def _demand_mlflow(self, store: Connection) -> None:
        """Ask first: a training that cannot be kept would be minutes for nothing. Then set what it has missed."""
        from mlflow.exceptions import MlflowException

        from ml.tracking.server import demand_server

        try:
            demand_server(defaults.tracking_uri())
        except MlflowException as error:
            raise ServiceUnavailable(
                f"{error}. Start it, for example with `make up`: this task is tried again."
            ) from error
        follow_panels(store)

    def _train(self, store: Connection, tags: dict[str, str]) -> dict[str, Any]:
        from ml.fitting import fit_at_once
        from ml.long_history import fit_in_pieces
        from ml.training import train

        spec = _spec(self.spec)
        defaults.training_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(dir=defaults.training_folder()) as name:
            folder = Path(name)
            is_on_disk = self.engine == "disk"
            fit = partial(fit_in_pieces, folder=folder) if is_on_disk else fit_at_once
            history = history_on_disk(store, spec, folder) if is_on_disk else history_in_memory(store, spec)
            self._check(store, *history[1:])
            panel = train(*history, spec, fit)
            champion = self._judge_champion(store, *history, spec)
            return {**self._keep(store, panel, history[0], spec, tags), "champion": champion}

    def _check(self, store: Connection, transactions: "pd.DataFrame", labels: "pd.DataFrame") -> None:
        from ml.expectations import validate_training

        check = validate_training(transactions, labels, transactions["occurred_at"].max())
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
    ) -> dict[str, Any] | None:
        """Measure the champion; one that cannot be measured is no reason to train nothing, but nothing beats it."""
        from ml.training import judge

        if (champion := panels.champion(store)) is None:
            return None
        thresholds = {member.name: member.threshold for member in champion.members}
        own = replace(spec, policy=cast("Policy", champion.policy))
        judged: dict[str, Any] = {"panel_id": champion.panel_id, "problem": "", "panel": {}, "members": {}}
        try:
            figures = judge(load_members(champion), thresholds, features, transactions, labels, own)
        except Exception as error:
            if _is_away(error):
                raise
            self.log.exception("panel %s, the champion, cannot be measured", champion.panel_id)
            return judged | {"problem": _words(error)}
        return judged | {"panel": panels.plain(figures.panel), "members": panels.plain(figures.members)}

    def _keep(
        self,
        store: Connection,
        panel: "TrainedPanel",
        features: "pd.DataFrame",
        spec: "TrainingSpec",
        tags: dict[str, str],
    ) -> dict[str, Any]:
        from ml.tracking import log_training, run_url

        uri = defaults.tracking_uri()
        logged = log_training(panel, features, spec, uri, context=tags)
        self.mlflow_run_url = run_url(logged.run_id, uri, defaults.mlflow_pages())
        members = tuple(
            panels.Member(name, kept.model_name, kept.version, panel.thresholds[name], kept.sha256)
            for name, kept in logged.versions.items()
        )
        panel_id = panels.record_panel(store, _new_panel(panel, spec, logged.run_id, members))
        for name, value in sorted(panel.figures.items()):
            self.log.info("panel %s reached %s %.3f", panel_id, name.replace("_", " "), value)
        figures = {"panel": panel.figures, "members": panel.member_figures}
        own = {"panel_id": panel_id, "run_id": logged.run_id, "run_url": self.mlflow_run_url, "spec": asdict(spec)}
        return own | {"challenger": panels.plain(figures)}


def history_in_memory(store: Connection, spec: "TrainingSpec") -> "History":
    """Return features, transactions and labels, all of them in memory."""
    import pandas as pd

    from ml.features import compute_features

    transactions, labels = training_history(store, _days_of_history(spec))
    features = compute_features(transactions, labels, delay=pd.Timedelta(days=spec.delay_days))
    return features, transactions, labels


def history_on_disk(store: Connection, spec: "TrainingSpec", folder: Path) -> "History":
    """Return the same with the features in a file, and of the transactions only what a training asks for."""
    import pandas as pd

    from ml.long_history import PIECE_ROWS, features_on_disk

    delay = pd.Timedelta(days=spec.delay_days)
    with one_snapshot(store):
        outline = training_outline(store, _days_of_history(spec))
        pieces = training_pieces(store, outline, delay, PIECE_ROWS)
        features = features_on_disk(pieces, len(outline.transactions), folder / "features", delay)
    return features, *outline


def _spec(fields: dict[str, Any]) -> "TrainingSpec":
    from ml.training import TrainingSpec

    return TrainingSpec(**{**fields, "members": tuple(fields["members"])})


def _explained(error: Exception) -> str | None:
    """Return a sentence on what went wrong for good; None where a further try may mend it."""
    from ml.training import TooLittleDataError

    if isinstance(error, (AirflowFailException, TooLittleDataError, StoreOutdated)):
        return str(error)
    if _is_away(error):
        return None
    return (
        f"the training broke ({_words(error)}): the same rows and settings break it again, so mend that, or choose "
        "other members or windows, and trigger the DAG anew"
    )


def _is_away(error: Exception) -> bool:
    """Whether a server did not answer: PostgreSQL, or MLflow, unless it answered that it lacks or refuses something."""
    from mlflow.exceptions import MlflowException

    if isinstance(error, MlflowException):
        return str(error.error_code) not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
    # A deadlock, say: only the store may name the driver's errors.
    is_of_the_driver = type(error).__module__.partition(".")[0] == "psycopg"
    return is_of_the_driver or isinstance(error, (OSError, ServiceUnavailable, StoreUnavailable))


def _words(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0].rstrip('.')}" if lines else type(error).__name__


def _days_of_history(spec: "TrainingSpec") -> float | None:
    """Return how far back rows are read: the windows of a training, and the longest window of their features."""
    if spec.train_days is None:
        return None
    return spec.train_days + spec.judge_days + 3 * spec.delay_days + longest_window().days


def _new_panel(
    panel: "TrainedPanel", spec: "TrainingSpec", run_id: str, members: tuple[panels.Member, ...]
) -> panels.NewPanel:
    from ml.monitoring import panel_references

    return panels.NewPanel(
        policy=spec.policy,
        messages_per_10k=spec.messages_per_10k,
        mlflow_run_id=run_id,
        members=members,
        figures=panel.figures,
        member_figures=panel.member_figures,
        references=panel_references(panel.judged_features, panel.judged_scores, panel.thresholds),
        **vars(panel.windows),
    )
