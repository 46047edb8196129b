"""What MLflow is told about panels: the table `panels` decides, MLflow repeats it, and may be away meanwhile."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from jikimi import defaults
from jikimi.store import panels
from jikimi.store.connection import Connection

log = logging.getLogger(__name__)


def follow_panels(store: Connection) -> str:
    """Give the aliases `champion` and `challenger` to the versions that the table names.

    :return: what kept MLflow from it, in a sentence, else empty. The next training or `jikimi panel` command does it.
    """

    def step() -> None:
        from ml.tracking import set_aliases

        for alias, panel in (("champion", panels.champion(store)), ("challenger", panels.challenger(store))):
            members = panel.members if panel else ()
            set_aliases(alias, {m.model_name: m.model_version for m in members}, defaults.tracking_uri())

    return _tried(step, "the aliases in MLflow are behind; the next training or `jikimi panel` command sets them")


def tell_decision(run_id: str, is_promoted: bool, sentence: str, details: str = "") -> str:
    """Write a decision on the panel's run; returns what kept MLflow from it, else an empty string.

    :param details: Markdown with the figures; without it the run keeps what it has.
    """

    def step() -> None:
        from ml.tracking import log_decision

        # The run's description keeps a decision as one block: a line of blanks ends a paragraph of Markdown, too.
        text = details.replace("\n\n", "\n \n")
        log_decision(run_id, is_promoted, sentence, defaults.tracking_uri(), details=text)

    return _tried(step, "the decision stands in the table panel_decisions, and not in MLflow")


def tell_failure(sentence: str, context: Mapping[str, str]) -> str:
    """Write a failed run with its reason; returns what kept MLflow from it, else an empty string."""

    def step() -> None:
        from ml.tracking.failures import log_failure

        log_failure(sentence, defaults.tracking_uri(), context=context)

    return _tried(step, "the failure stands in Airflow's log only")


def _tried(step: Callable[[], Any], consequence: str) -> str:
    """Do a step of MLflow's; its failure is said and never undoes what is decided."""
    from mlflow.exceptions import MlflowException

    try:
        step()
    except (MlflowException, OSError) as error:
        # A connection that was reset has no words of its own.
        first_line = str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
        sentence = f"{first_line}: {consequence}."
        log.warning("%s", sentence)
        return sentence
    return ""
