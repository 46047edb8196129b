"""The inbox of unknown alerts in Airflow: a question for each, and what the answer leads to."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from jikimi.store import alert_decisions, alert_desk
from jikimi.store.connection import open_store

if TYPE_CHECKING:
    from airflow.sdk import Context

DELIVERED, LOST, AGAIN, LEAVE = "It arrived", "It did not arrive", "Send it again", "Leave it"
# What a person sees of an alert, and how it is called; nothing of it is personal.
_SHOWN = {
    "reference": "Reference",
    "customer": "Customer",
    "purchase": "Purchase",
    "channel": "Sent over",
    "connection_id": "Connection",
    "sent_at": "Sent at",
    "dealer_id": "The dealer calls it",
    "code": "Code",
    "detail": "What happened",
}


class FindUnknownAlertsOperator(BaseOperator):
    """Looks for alerts whose answer was lost; where there are none, nobody is asked.

    :param limit: at most so many, the oldest.
    :return: a dict for each, to ask about.
    """

    def __init__(self, *, limit: int = 20, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.limit = limit

    def execute(self, context: "Context") -> list[dict[str, Any]]:
        """Return what a person needs to know of each."""
        with open_store() as store:
            rows = alert_desk.unknown_alerts(store, self.limit)
        self.log.info("asking about %s unknown alerts", len(rows))
        return [_question(row) for row in rows]


class ReviewAlertOperator(HITLOperator):
    """Asks a person what became of one unknown alert, and carries the answer out.

    Silence decides nothing: the alert stays unknown, and the next run asks again.

    :param alert: one of what `FindUnknownAlertsOperator` returned.
    :param params: as of any task; the answer's `reason` is kept with the decision.
    :return: a sentence that says what was done.
    """

    template_fields: Iterable[str] = ("alert", "subject", "body")
    resolutions: ClassVar[dict[str, alert_decisions.Resolution]] = {
        DELIVERED: "delivered",
        LOST: "not delivered",
        AGAIN: "send again",
    }

    def __init__(self, *, alert: Any, time_limit: timedelta = timedelta(hours=12), **kwargs: Any) -> None:
        super().__init__(
            subject="What became of this alert?",
            body="What is known of the alert is written here when the task runs.",
            options=[DELIVERED, LOST, AGAIN, LEAVE],
            defaults=LEAVE,
            response_timeout=time_limit,
            **kwargs,
        )
        self.alert = alert

    def execute(self, context: "Context") -> None:
        """Ask, and wait without a process."""
        self.subject = f"Did alert {self.alert['alert_id']} arrive? ({self.alert['channel']}, {self.alert['sent_at']})"
        self.body = _body(self.alert)
        super().execute(context)

    def execute_complete(self, context: "Context", event: dict[str, Any]) -> str:
        """Do what the person said; what somebody else resolved meanwhile stays as it is."""
        answer = super().execute_complete(context, event)
        choice, user = answer["chosen_options"][0], answer["responded_by_user"]
        if choice == LEAVE:
            raise AirflowSkipException(f"alert {self.alert['alert_id']} stays unknown: the next run asks again.")
        reason = str(answer["params_input"].get("reason") or "").strip() or "answered in Airflow"
        by = alert_decisions.By(user["name"] or user["id"] if user else "airflow", reason)
        return self._resolve(choice, by)

    def _resolve(self, choice: str, by: alert_decisions.By) -> str:
        alert_id = self.alert["alert_id"]
        with open_store() as store:
            decided = alert_decisions.resolve(store, [alert_id], self.resolutions[choice], by)
        if alert_id not in decided.changed:
            state = decided.states.get(alert_id, "gone")
            raise AirflowSkipException(f"alert {alert_id} is {state} by now: nothing was changed.")
        sentence = f"{by.name} resolved alert {alert_id} as {self.resolutions[choice]}."
        self.log.info("%s", sentence)
        return sentence


def _question(row: dict[str, Any]) -> dict[str, Any]:
    from ml.messages import amount_text, mask_id

    return {
        "alert_id": row["alert_id"],
        "reference": row["reference"],
        "customer": mask_id(row["customer_id"]),
        "purchase": f"{amount_text(row['amount'], row['currency'], 'en')} at {row['occurred_at']:%Y-%m-%d %H:%M:%S %Z}",
        "channel": row["channel"],
        "connection_id": row["connection_id"],
        "sent_at": f"{row['sent_at'] or row['created_at']:%Y-%m-%d %H:%M:%S %Z}",
        "dealer_id": row["dealer_id"],
        "code": row["code"],
        "detail": row["detail"],
    }


def _body(alert: dict[str, Any]) -> str:
    # Within marks for code a dealer's text is no Markdown.
    facts = [f"- {title}: `{str(alert[name]).replace('`', '')}`" for name, title in _SHOWN.items() if alert[name]]
    return "\n".join(
        [
            "The answer to this message was lost: it may have arrived, so nobody sends it again without you.",
            "",
            *facts,
            "",
            "Look at the dealer or in the channel whether it was sent at that instant. "
            f"`jikimi alerts show {alert['alert_id']}` says more.",
            "",
            f"**{DELIVERED}**: it is delivered. **{LOST}**: it has failed. **{AGAIN}**: it starts over, and may arrive "
            f"twice. **{LEAVE}**: it stays unknown; that also happens when nobody answers in time.",
        ]
    )
