"""The last step: due alerts become messages, and every try is written down before it is made."""

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow.sdk import BaseOperator

from jikimi import defaults
from jikimi.exceptions import DeliveryError, Rejected, Unavailable, Undeliverable, Unknown
from jikimi.store import alerts
from jikimi.store.connection import Connection, open_store
from jikimi.store.vault import StoredTokens

if TYPE_CHECKING:
    from airflow.sdk import Context

    from jikimi.hooks.kakao import KakaoHook

# Peers settled on twelve: with growing gaps that is some eight hours of a channel's absence.
MOST_ATTEMPTS = 12
_LONGEST_GAP = timedelta(hours=1)
_KOREA = ZoneInfo("Asia/Seoul")


class SendAlertsOperator(BaseOperator):
    """Claims due alerts, sends each and finishes it; whatever dies in between, nothing is sent twice.

    :param kakao_conn_id: connection of the type `kakao`.
    :param limit: alerts claimed at once.
    :param patience_seconds: age at which an alert in `sending` is taken from a sender that must have died.
    :return: number of alerts that a channel took.
    """

    template_fields = ("kakao_conn_id",)

    def __init__(
        self,
        *,
        kakao_conn_id: str = "kakao_default",
        limit: int = 50,
        patience_seconds: float = 120,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.kakao_conn_id = kakao_conn_id
        self.limit = limit
        self.patience_seconds = patience_seconds

    def execute(self, context: "Context") -> int:
        """Send until nothing is due."""
        taken = 0
        with open_store() as store:
            for alert_id, state in alerts.recover(store, self.patience_seconds).items():
                self.log.warning("alert %s was left behind by its sender and is now %s", alert_id, state)
            hook = self._hook(store)
            while due := alerts.claim_due(store, self.limit):
                taken += sum(self._send(store, hook, alert) for alert in due)
        self.log.info("%s messages were taken", taken)
        return taken

    def _hook(self, store: Connection) -> "KakaoHook":
        from jikimi.hooks.kakao import KakaoHook

        defaults.time_zone()  # a wrong setting stops the drain here, before an alert was touched
        tokens = StoredTokens(store, self.kakao_conn_id, defaults.fernet_key())
        return KakaoHook(kakao_conn_id=self.kakao_conn_id, tokens=tokens)

    def _send(self, store: Connection, hook: "KakaoHook", alert: alerts.DueAlert) -> bool:
        # All that can fail on this machine comes before the attempt: from there on only the wire can.
        try:
            text = _text_of(alert)
        except Undeliverable as error:
            alerts.finish_alert(store, alert, "failed", str(error))
            return False
        attempt = alerts.start_attempt(store, alert)
        if attempt is None:
            return False
        try:
            _deliver(hook, alert, text)
        except DeliveryError as error:
            self._keep_failure(store, alert, attempt, error)
            return False
        # Both or neither: a delivered attempt beside an alert still in `sending` would be sent again.
        with store.transaction():
            alerts.finish_attempt(store, attempt, "delivered", "0")
            alerts.finish_alert(store, alert, "delivered")
        return True

    def _keep_failure(self, store: Connection, alert: alerts.DueAlert, attempt: int, error: DeliveryError) -> None:
        self.log.warning("alert %s: %s", alert.alert_id, error.detail)
        state, due_at = after_failure(error, alert.attempts, datetime.now(UTC))
        with store.transaction():
            alerts.finish_attempt(store, attempt, _outcome(error), error.code, error.detail)
            alerts.finish_alert(store, alert, state, error.detail, due_at)


def after_failure(error: DeliveryError, attempts: int, now: datetime) -> tuple[alerts.State, datetime | None]:
    """Decide what becomes of an alert that a channel did not take.

    :param attempts: how many there were, this one included.
    :return: the state, and when to try again where it is to be tried again.
    """
    from jikimi.hooks.kakao_errors import Advice, advice

    if isinstance(error, Unknown):
        return "unknown", None
    what_to_do = advice(error.code)
    most = 2 if what_to_do is Advice.RETRY_ONCE else MOST_ATTEMPTS
    if isinstance(error, Rejected) or attempts >= most:
        return "failed", None
    if what_to_do in (Advice.DEFER, Advice.WAIT_FOR_RESET):
        return "deferred", next_reset(now)
    return "pending", now + gap_after(attempts)


def next_reset(now: datetime) -> datetime:
    """Return the next midnight in Korea, when KakaoTalk's daily quotas begin anew."""
    korean = now.astimezone(_KOREA)
    return (korean + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def gap_after(attempts: int) -> timedelta:
    """Return the pause after so many attempts: 5 s, doubled each time up to an hour, half of it left to chance."""
    gap = min(timedelta(seconds=5 * 2 ** (attempts - 1)), _LONGEST_GAP)
    return gap * random.uniform(0.5, 1)  # noqa: S311 - spreads load, guards nothing


def _outcome(error: DeliveryError) -> alerts.Outcome:
    outcomes: dict[type[DeliveryError], alerts.Outcome] = {Rejected: "rejected", Unavailable: "unavailable"}
    return outcomes.get(type(error), "unknown")


def _text_of(alert: alerts.DueAlert) -> str:
    """Return the message.

    :raises Undeliverable: the customer cannot or may not be reached, or there is no message for this alert.
    """
    from ml.messages import AlertFacts, render_alert

    if not alert.is_known:
        raise Undeliverable("the customer is not in the table customers, so nobody knows where to send")
    if alert.channel is None:
        raise Undeliverable("the customer has no channel")
    if alert.consented_at is None:
        raise Undeliverable("the customer has not consented to messages")
    facts = AlertFacts(
        occurred_at=alert.occurred_at,
        amount=alert.amount,
        currency=alert.currency,
        reference=alert.reference,
        customer_name=alert.name,
        card=alert.card_masked,
        merchant=alert.merchant,
    )
    try:
        return render_alert(facts, defaults.bank_name(), defaults.time_zone(), alert.language or "ko")
    except ValueError as error:
        raise Undeliverable(f"the message cannot be written: {error}") from error


def _deliver(hook: "KakaoHook", alert: alerts.DueAlert, text: str) -> None:
    if alert.channel == "kakao_memo":
        hook.send_memo(text)
    else:
        hook.send_to_friend(alert.kakao_uuid or "", text)
