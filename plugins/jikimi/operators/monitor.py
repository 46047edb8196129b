"""The tasks of `monitor_panel`: look at everything, then start a training where drift lasts."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from jikimi.store import alarms, monitors, panels
from jikimi.store.connection import Connection, open_store
from jikimi.store.counts import count_scored
from jikimi.store.retraining import TrainingRequest, request_training

if TYPE_CHECKING:
    from airflow.sdk import Context

    from jikimi.watch.settings import Settings
    from ml.monitoring import Finding


class WatchPanelOperator(BaseOperator):
    """Measures data, vote, drift and performance, and opens and closes alarms; a part that breaks stops no other.

    At the end it sums up for dashboards what was scored since it last looked.

    :return: kinds of what is wrong, with what each is about.
    """

    def execute(self, context: "Context") -> list[str]:
        """Look once."""
        from jikimi.watch.settings import Settings

        with open_store() as store:
            return self._watch(store, Settings(), datetime.now(UTC))

    def _watch(self, store: Connection, settings: "Settings", now: datetime) -> list[str]:
        from jikimi.watch.data import watch_data
        from jikimi.watch.drift import watch_drift
        from jikimi.watch.performance import watch_performance
        from jikimi.watch.vote import watch_vote

        champion = panels.champion(store)
        panel_id = champion.panel_id if champion else None
        alarms.close_others(store, panel_id, now)
        parts: dict[str, tuple[int | None, Callable[[], list[Finding]]]] = {
            "data": (None, lambda: watch_data(store, settings, now)),
            "vote": (panel_id, lambda: watch_vote(store, champion, settings, now)),
            "performance": (panel_id, lambda: watch_performance(store, champion, settings, now)),
            "drift": (panel_id, lambda: watch_drift(store, champion, settings, now)),
            "sums": (None, lambda: self._sum_up(store)),
        }
        firing: list[Finding] = []
        broken: list[Exception] = []
        for name, (about, look) in parts.items():
            try:
                firing += alarms.keep_findings(store, look(), about, now, settings.quiet)
            except Exception as error:  # whatever it is, the other parts must look
                self.log.exception("%s was not looked at", name)
                broken.append(error)
        self._say(firing)
        if broken:
            raise broken[0]
        return [f"{finding.kind} {finding.subject}".strip() for finding in firing]

    def _sum_up(self, store: Connection) -> "list[Finding]":
        self.log.info("%s transactions were summed up for dashboards", count_scored(store))
        return []

    def _say(self, firing: "list[Finding]") -> None:
        from ml.monitoring import sentence

        for finding in firing:
            self.log.warning("%s", sentence(finding, "en"))
        if not firing:
            self.log.info("nothing new is wrong")


class RequestTrainingOperator(BaseOperator):
    """Succeeds, and so raises its outlets' event, where drift lasts for two windows; else it is skipped.

    :return: why a training is started.
    """

    def execute(self, context: "Context") -> str:
        """Ask for a training, at most once in the cool-down."""
        from jikimi.watch.settings import Settings

        settings, now = Settings(), datetime.now(UTC)
        with open_store() as store:
            request = self._request(store, str(context["run_id"]), settings.drift_limit)
            if request is None:
                raise AirflowSkipException("nothing has drifted in two windows in a row")
            if not request_training(store, request, now, settings.drift_cool_down):
                raise AirflowSkipException("drift has started a training not long ago, and nothing is new since")
        self.log.warning("%s", request.sentence)
        return request.sentence

    def _request(self, store: Connection, run_id: str, limit: float) -> TrainingRequest | None:
        from ml.monitoring import Finding, sentence

        champion = panels.champion(store)
        lasting: list[dict[str, Any]] = monitors.lasting_drift(store, champion.panel_id, limit) if champion else []
        if not champion or not lasting:
            return None
        worst = lasting[0]
        figures = {"psi": worst["psi"], "previous_psi": worst["previous_psi"], "limit": limit}
        why = sentence(Finding(f"{worst['kind']}_drift", worst["name"], True, figures), "en")
        return TrainingRequest(champion.panel_id, run_id, why, worst["measured_until"])
