"""The later steps of `train_panel`: the gate decides, a person approves where one must, the panel takes its place."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import BaseOperator
from airflow.sdk.bases.branch import BranchMixIn
from airflow.sdk.bases.xcom import BaseXCom
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from jikimi.exceptions import JikimiError
from jikimi.links import MLflowRunLink
from jikimi.models import load_members
from jikimi.registry import follow_panels, tell_decision
from jikimi.store import panels
from jikimi.store.connection import Connection, open_store

if TYPE_CHECKING:
    from airflow.sdk import Context

    from ml.evaluation import Figures
    from ml.promotion import Decision

AUTOMATIC: Final = "automatic"
ASK: Final = "ask a person"
PROMOTE, REJECT, LEAVE = "Promote", "Reject", "Leave in the shadow"


class JudgePanelOperator(BaseOperator, BranchMixIn):
    """Asks the gate; a refusal is a skip with its sentence, and what passes goes on to a person or to its promotion.

    :param trained: what `TrainPanelOperator` returned.
    :param promotion: `automatic` or `ask a person`.
    :return: the candidate's id, the sentence, the decision table as Markdown, and who was champion.
    """

    template_fields = ("trained", "promotion")
    operator_extra_links = (MLflowRunLink(),)
    inherits_from_skipmixin = True

    def __init__(
        self,
        *,
        trained: Any,
        promotion: str = AUTOMATIC,
        approve_task: str = "approve_panel",
        promote_task: str = "promote_panel",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.trained = trained
        self.promotion = promotion
        self.approve_task = approve_task
        self.promote_task = promote_task
        self.mlflow_run_url: str | None = None

    def execute(self, context: "Context") -> dict[str, Any]:
        """Decide, and keep the decision with its figures where it is final."""
        self.mlflow_run_url = self.trained["run_url"]
        decision = self._decide()
        judged = self._judged(decision)
        must_ask = self.promotion == ASK
        self.log.info("%s", judged["table"])
        if not decision.is_passed:
            self._refuse(judged)
        if must_ask:
            self._challenge(judged)
        # Where a task is skipped, Airflow ends this one by an exception, and nothing would be handed over.
        context["ti"].xcom_push(key=BaseXCom.XCOM_RETURN_KEY, value=judged)
        self.do_branch(context, self.approve_task if must_ask else self.promote_task)
        return judged

    def _decide(self) -> "Decision":
        from ml.promotion import decide
        from ml.training import TrainingSpec

        fields = self.trained["spec"]
        spec = TrainingSpec(**{**fields, "members": tuple(fields["members"])})
        champion = self.trained["champion"]
        return decide(_figures(self.trained["challenger"]), champion and _figures(champion), spec)

    def _judged(self, decision: "Decision") -> dict[str, Any]:
        from ml.promotion import as_markdown

        champion = self.trained["champion"]
        problem = (
            f" The champion could not be measured: {champion['problem']}." if champion and champion["problem"] else ""
        )
        checks = [vars(check) | {"is_passed": check.is_passed} for check in decision.checks]
        details = {"checks": checks, "members": self.trained["challenger"]["members"]}
        if champion:
            details["champion_members"] = champion["members"]
        return {
            "panel_id": self.trained["panel_id"],
            "run_id": self.trained["run_id"],
            "run_url": self.trained["run_url"],
            "sentence": decision.sentence + problem,
            "table": as_markdown(decision) + (f"\n\n{problem.strip()}" if problem else ""),
            "champion_id": champion and champion["panel_id"],
            "champion_figures": champion and champion["panel"],
            "details": panels.plain(details),
        }

    def _refuse(self, judged: dict[str, Any]) -> None:
        with open_store() as store:
            panels.reject(store, judged["panel_id"], judged["sentence"], evidence=_evidence(judged))
        tell_decision(judged["run_id"], False, judged["sentence"], judged["table"])
        raise AirflowSkipException(judged["sentence"])

    def _challenge(self, judged: dict[str, Any]) -> None:
        sentence = f"{judged['sentence']} A person has to approve; until then it scores in the shadow."
        with open_store() as store:
            panels.challenge(store, judged["panel_id"], sentence, evidence=_evidence(judged))
            follow_panels(store)
            if challenger := panels.challenger(store):
                _open_members(self, challenger)
        tell_decision(judged["run_id"], False, sentence, judged["table"])


class ApprovePanelOperator(HITLOperator):
    """Asks a person whether the challenger becomes the champion; the question is the decision table.

    Silence decides nothing: after the time limit the challenger stays in the shadow, until somebody decides with
    `jikimi panel promote` or a newer challenger takes its place.

    :param judged: what `JudgePanelOperator` returned.
    :param params: as of any task; the answer's `reason` is kept with the decision.
    :return: `choice`, `decided_by` and `reason`.
    """

    template_fields: Iterable[str] = ("judged", "subject", "body")
    operator_extra_links = (MLflowRunLink(),)

    def __init__(self, *, judged: Any, time_limit: timedelta = timedelta(days=7), **kwargs: Any) -> None:
        super().__init__(
            subject="Promote the challenger?",
            body="The decision table is written here when the gate has decided.",
            options=[PROMOTE, REJECT, LEAVE],
            defaults=LEAVE,
            response_timeout=time_limit,
            **kwargs,
        )
        self.judged = judged
        self.mlflow_run_url: str | None = None

    def execute(self, context: "Context") -> None:
        """Ask, and wait without a process."""
        self.mlflow_run_url = self.judged["run_url"]
        now = f"the champion, panel {self.judged['champion_id']}" if self.judged["champion_id"] else "no champion yet"
        self.subject = f"Promote panel {self.judged['panel_id']}?"
        self.body = (
            f"{self.judged['table']}\n\nMeasured on the same later days as {now}. "
            f"All pictures and figures: [the run in MLflow]({self.judged['run_url']}).\n\n"
            f"**{PROMOTE}**: it votes from the next batch on. **{REJECT}**: it never votes. **{LEAVE}**: it goes on "
            "scoring without telling anybody; that also happens when nobody answers in time."
        )
        super().execute(context)

    def execute_complete(self, context: "Context", event: dict[str, Any]) -> dict[str, str]:
        """Take the answer."""
        answer = super().execute_complete(context, event)
        user = answer["responded_by_user"]
        choice = answer["chosen_options"][0]
        decided_by = user["name"] or user["id"] if user else panels.AUTOMATIC
        self.log.info("%s chose: %s", decided_by if user else "nobody answered in time, which", choice)
        return {"choice": choice, "decided_by": decided_by, "reason": str(answer["params_input"].get("reason") or "")}


class PromotePanelOperator(BaseOperator):
    """Carries out what was decided: the panel becomes champion, or it is rejected, or it stays in the shadow.

    :param judged: what `JudgePanelOperator` returned.
    :param approval: what `ApprovePanelOperator` returned; None where nobody had to be asked.
    """

    template_fields = ("judged", "approval")
    operator_extra_links = (MLflowRunLink(),)
    _sentences: ClassVar[dict[str, str]] = {
        PROMOTE: "Approved by {by}",
        REJECT: "Rejected by {by}",
        LEAVE: "Panel {panel} stays in the shadow: `jikimi panel promote {panel}` decides later",
    }

    def __init__(self, *, judged: Any, approval: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.judged = judged
        self.approval = approval
        self.mlflow_run_url: str | None = None

    def execute(self, context: "Context") -> str:
        """Promote, or say why not as a skip, so that nothing downstream believes in a new panel."""
        self.mlflow_run_url = self.judged["run_url"]
        choice = self.approval["choice"] if self.approval else PROMOTE
        if choice == LEAVE:
            raise AirflowSkipException(self._sentence(LEAVE))
        if choice == REJECT:
            self._reject()
        return self._promote()

    def _promote(self) -> str:
        panel_id, by = self.judged["panel_id"], self._decided_by()
        sentence = str(self.judged["sentence"])
        if self.approval:
            sentence = f"{sentence} {self._sentence(PROMOTE)}"
        with open_store() as store:
            self._demand_members(panels.panel_to_be(store, panel_id))
            try:
                panels.promote(
                    store,
                    panel_id,
                    sentence,
                    by,
                    evidence=_evidence(self.judged),
                    expected_champion=self.judged["champion_id"],
                )
            except JikimiError as error:
                self._keep_refusal(store, str(error))
                raise AirflowFailException(str(error)) from error
            follow_panels(store)
        tell_decision(self.judged["run_id"], True, sentence, f"{sentence}\n\n{self.judged['table']}")
        self.log.info("panel %s votes from the next batch on", panel_id)
        return sentence

    def _keep_refusal(self, store: Connection, sentence: str) -> None:
        """Keep why a candidate came to nothing; one that a person wanted stays in the shadow, for that person again."""
        if not self.approval:
            panels.reject(store, self.judged["panel_id"], sentence, evidence=_evidence(self.judged))
            tell_decision(self.judged["run_id"], False, sentence, f"{sentence}\n\n{self.judged['table']}")

    def _demand_members(self, panel: panels.Panel) -> None:
        """Open the members first: a panel that cannot be opened would stop every batch. Then they are in the cache."""
        from ml.tracking import TamperedArtefactError

        try:
            load_members(panel)
        except TamperedArtefactError as error:
            raise AirflowFailException(f"the champion stays as it is: {error}") from error

    def _reject(self) -> None:
        sentence = self._sentence(REJECT)
        with open_store() as store:
            panels.reject(store, self.judged["panel_id"], sentence, self._decided_by(), evidence=_evidence(self.judged))
            follow_panels(store)
        tell_decision(self.judged["run_id"], False, sentence, f"{sentence}\n\n{self.judged['table']}")
        raise AirflowSkipException(sentence)

    def _decided_by(self) -> str:
        return str(self.approval["decided_by"]) if self.approval else panels.AUTOMATIC

    def _sentence(self, choice: str) -> str:
        words = self._sentences[choice].format(by=self._decided_by(), panel=self.judged["panel_id"])
        reason = str((self.approval or {}).get("reason") or "").strip().rstrip(".")
        return f"{words}: {reason}." if reason else f"{words}."


def _figures(fields: dict[str, Any]) -> "Figures":
    """Return figures that came as JSON, where null is what no number is."""
    from ml.evaluation import Figures

    def numbers(values: dict[str, float | None]) -> dict[str, float]:
        return {name: float("nan") if value is None else value for name, value in values.items()}

    return Figures(numbers(fields["panel"]), {name: numbers(own) for name, own in fields["members"].items()})


def _evidence(judged: dict[str, Any]) -> panels.Evidence:
    return panels.Evidence(judged["champion_figures"], judged["details"])


def _open_members(operator: BaseOperator, panel: panels.Panel) -> None:
    """Open the members once here, where seconds do not matter, so that the next batch finds them in the cache."""
    from mlflow.exceptions import MlflowException

    try:
        load_members(panel)
    except (MlflowException, OSError):
        operator.log.warning("the members of panel %s are fetched with a later batch", panel.panel_id, exc_info=True)
