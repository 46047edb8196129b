"""One request to a channel: counted and written down before it leaves, finished with what came back."""

import logging
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from jikimi.channels.base import Channel, Message, Taken
from jikimi.delivery import fates
from jikimi.exceptions import DeliveryError, QuotaUsedUp, Unknown
from jikimi.outbox import Begun, ClaimedAlert, End, NewCall, OpenCall, Outbox, Quota

_log = logging.getLogger(__name__)
# A lost answer is mostly a matter of moments; what stays lost is repeated by the next sender that looks.
_REPEATS = 3
_SECONDS_BETWEEN_REPEATS = 1.0

Ready = tuple[ClaimedAlert, Message]
Results = Mapping[int, Taken | DeliveryError]


@dataclass(frozen=True)
class Sender:
    """Sends through one channel and writes into one outbox.

    :param now: the present instant, aware.
    :param sleep: waits some seconds.
    """

    outbox: Outbox
    channel: Channel
    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep

    def send(self, ready: Sequence[Ready]) -> Results:
        """Send one request; returns what became of each message that left, by alert id."""
        self._wait_for_slot(len(ready))
        limits, name = self.channel.limits, self.channel.name
        call = NewCall(uuid4(), name, self.channel.connection_id, limits.repeatable_seconds)
        quotas = {alert.alert_id: tuple(self.channel.quotas(message)) for alert, message in ready}
        begun = self.outbox.begin(call, [(alert, quotas[alert.alert_id]) for alert, _ in ready])
        self._settle_over_quota(ready, begun)
        leaving = [pair for pair in ready if pair[0].alert_id in begun.attempts]
        if not leaving:
            return {}
        results = self._exchange(call, [message for _, message in leaving])
        self._finish(call, leaving, begun.attempts, quotas, results)
        return results

    def repeat(self, open_call: OpenCall, ready: Sequence[Ready]) -> Results:
        """Send a request again whose sender died before it heard an answer; its dealer knows the call's id."""
        self._wait_for_slot(len(ready))
        results = self._exchange(open_call.call, [message for _, message in ready], is_repeat=True)
        self._finish(open_call.call, ready, open_call.attempts, {}, results)
        return results

    def _wait_for_slot(self, messages: int) -> None:
        per_second = self.channel.limits.per_second
        if per_second and (seconds := self.outbox.seconds_to_slot(self.channel.connection_id, messages, per_second)):
            self.sleep(seconds)

    def _settle_over_quota(self, ready: Sequence[Ready], begun: Begun) -> None:
        over = [
            (alert, fates.over_quota(_quota_words(begun.over[alert.alert_id]), alert, self.channel.name, self.now()))
            for alert, _ in ready
            if alert.alert_id in begun.over
        ]
        if over:
            self.outbox.settle(over)

    def _exchange(self, call: NewCall, messages: Sequence[Message], is_repeat: bool = False) -> Results:
        """Return what became of each message; a lost answer is asked for again where the dealer knows the call's id."""
        lost: DeliveryError | None = Unknown("the sender stopped before it heard an answer") if is_repeat else None
        for number in range(_REPEATS if call.repeatable_seconds else 1):
            if number:
                self.sleep(_SECONDS_BETWEEN_REPEATS)
            try:
                return self._sent(messages, call.call_id)
            except DeliveryError as error:
                # What a repeat is refused with says nothing about the request before it, whose answer was lost.
                lost = lost or (error if isinstance(error, Unknown) else None)
                if lost is None or not call.repeatable_seconds:
                    return dict.fromkeys((message.alert_id for message in messages), error)
                _log.warning("call %s over %s has no answer: %s", call.call_id, call.channel, error.detail)
        return dict.fromkeys((message.alert_id for message in messages), lost or Unknown("no answer"))

    def _sent(self, messages: Sequence[Message], call_id: UUID) -> Results:
        """Send; an error that no channel should raise may come after the request left, and stops no other alert."""
        try:
            return self.channel.send(messages, call_id)
        except DeliveryError:
            raise
        except Exception as error:
            # Without its words, which may name the customer.
            where = "".join(traceback.format_tb(error.__traceback__))
            _log.error("call %s over %s broke off: %s\n%s", call_id, self.channel.name, type(error).__name__, where)
            raise Unknown(f"the program broke off while it sent: {type(error).__name__}") from error

    def _finish(
        self,
        call: NewCall,
        ready: Sequence[Ready],
        attempts: Mapping[int, int],
        quotas: Mapping[int, tuple[Quota, ...]],
        results: Results,
    ) -> None:
        ends = [
            self._end(alert, attempts[alert.alert_id], quotas.get(alert.alert_id, ()), results[alert.alert_id])
            for alert, _ in ready
            if alert.alert_id in results and not _is_repeated(call, results[alert.alert_id])
        ]
        if ends:
            self.outbox.finish(call, ends)

    def _end(
        self, alert: ClaimedAlert, attempt_id: int, quotas: tuple[Quota, ...], result: Taken | DeliveryError
    ) -> End:
        fate = fates.fate_of(result, alert, self.channel.name, self.now())
        outcome = fates.outcome_of(result)
        if isinstance(result, Taken):
            return End(alert, attempt_id, outcome, fate, result.code, None, result.dealer_id)
        _log.warning("alert %s: %s", alert.alert_id, result.detail)
        refunded = () if isinstance(result, Unknown) else quotas
        return End(
            alert,
            attempt_id,
            outcome,
            fate,
            result.code or None,
            result.detail,
            None,
            refunded,
            _used_up(result, quotas),
        )


def _is_repeated(call: NewCall, result: Taken | DeliveryError) -> bool:
    """Tell whether a try stays open, because a later sender may ask for its answer again."""
    return bool(call.repeatable_seconds) and isinstance(result, Unknown)


def _used_up(result: DeliveryError, quotas: Sequence[Quota]) -> Quota | None:
    """Return the count that the channel says is used up, so that nobody asks in vain before it is reset."""
    if not isinstance(result, QuotaUsedUp):
        return None
    return next((quota for quota in quotas if quota.subject.partition(":")[0] == result.subject), None)


def _quota_words(subject: str) -> str:
    return f"the daily count of the {subject.partition(':')[0]} is used up: another channel, or midnight in Korea"
