"""The drain: takes due alerts until none is left, sends each over its route, and never one twice."""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from jikimi.channels.base import Channel, Message
from jikimi.delivery.calls import Ready, Results, Sender, failed_for_all
from jikimi.delivery.fates import outcome_of
from jikimi.delivery.routing import next_step
from jikimi.exceptions import DeliveryError, Misconfigured, NotConfigured, Unavailable, Undeliverable, Unknown
from jikimi.outbox import ClaimedAlert, Fate, OpenCall, Outbox, Step

if TYPE_CHECKING:
    from ml.messages import Letter

_log = logging.getLogger(__name__)
# Requests in a row that were not answered or not taken: the channel is away, and this drain leaves it alone.
_MOST_ABSENCES = 3

OpenOutbox = Callable[[], AbstractContextManager[Outbox]]
WriteLetter = Callable[[str, ClaimedAlert], "Letter"]


@dataclass(frozen=True)
class Options:
    """How a drain works.

    :param limit: most alerts of one claim.
    :param patience: age at which a claim is taken from a sender that must have died.
    :param cool_down: how long a customer who was told is not told again; what comes meanwhile becomes one message.
    """

    limit: int = 1000
    patience: timedelta = timedelta(seconds=120)
    cool_down: timedelta = timedelta(seconds=600)


@dataclass
class Drain:
    """Sends what is due.

    :param outboxes: opens an outbox; each thread has its own.
    :param channels: opens a channel by name, or raises `NotConfigured`.
    :param write: writes the letter of an alert for a channel, or raises `ValueError`.
    """

    outboxes: OpenOutbox
    channels: Callable[[str], Channel]
    write: WriteLetter
    options: Options = field(default_factory=Options)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    counts: Counter[str] = field(default_factory=Counter)
    _opened: dict[str, Channel] = field(default_factory=dict)
    _away: dict[str, DeliveryError] = field(default_factory=dict)
    _absences: Counter[str] = field(default_factory=Counter)

    def run(self) -> Counter[str]:
        """Send until nothing is due; returns how many messages had which outcome."""
        try:
            self._run()
        finally:
            for channel in self._opened.values():
                channel.close()
        return self.counts

    def _run(self) -> None:
        with self.outboxes() as outbox:
            self._recover(outbox)
            while (claim := outbox.claim(self.options.limit, self.options.cool_down)).touched:
                for channel, ready in self._sorted(outbox, claim.alerts):
                    self._send_all(outbox, channel, ready)

    def _recover(self, outbox: Outbox) -> None:
        recovered = outbox.recover(self.options.patience)
        for alert_id, state in recovered.states.items():
            _log.warning("alert %s was left behind by its sender and is now %s", alert_id, state)
        for call in recovered.calls:
            self._repeat(outbox, call)

    def _repeat(self, outbox: Outbox, call: OpenCall) -> None:
        channel = self._open(call.call.channel)
        if not channel:
            return
        steps = [(alert, _step_of(alert, channel.name)) for alert in call.alerts]
        # Who took the channel off their route cannot be asked about: the alert stays open until the dealer forgets it.
        ready = [(alert, self._message(alert, step)) for alert, step in steps if step]
        if ready:
            self._sender(outbox, channel).repeat(call, ready)

    def _sorted(self, outbox: Outbox, alerts: Sequence[ClaimedAlert]) -> Iterator[tuple[Channel, list[Ready]]]:
        """Give each channel its alerts; those without a way to their customer are settled."""
        by_channel: dict[str, list[Ready]] = defaultdict(list)
        dead: list[tuple[ClaimedAlert, Fate]] = []
        for alert in alerts:
            try:
                step = next_step(alert)
                by_channel[step.channel].append((alert, self._message(alert, step)))
            except (Undeliverable, ValueError) as error:
                dead.append((alert, Fate("failed", _why_not_written(error))))
        if dead:
            outbox.settle(dead)
            self.counts["failed"] += len(dead)
        for name, ready in by_channel.items():
            if channel := self._open(name):
                yield channel, ready
            else:
                self._leave_alone(outbox, name, ready)

    def _send_all(self, outbox: Outbox, channel: Channel, ready: Sequence[Ready]) -> None:
        alerts = {alert.alert_id: alert for alert, _ in ready}
        calls: SimpleQueue[list[Ready]] = SimpleQueue()
        for messages in channel.calls([message for _, message in ready]):
            calls.put([(alerts[message.alert_id], message) for message in messages])
        threads = min(channel.limits.calls_at_once, calls.qsize())
        if threads <= 1:
            self._work(outbox, channel, calls)
            return
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(self._work_alone, channel, calls) for _ in range(threads)]:
                done.result()

    def _work_alone(self, channel: Channel, calls: "SimpleQueue[list[Ready]]") -> None:
        with self.outboxes() as outbox:
            self._work(outbox, channel, calls)

    def _work(self, outbox: Outbox, channel: Channel, calls: "SimpleQueue[list[Ready]]") -> None:
        sender = self._sender(outbox, channel)
        while True:
            try:
                ready = calls.get_nowait()
            except Empty:
                return
            if channel.name in self._away:
                self._leave_alone(outbox, channel.name, ready)
            else:
                self._notice(channel.name, sender.send(ready))

    def _notice(self, name: str, results: Results) -> None:
        """Count, and see whether the channel is away."""
        self.counts.update(outcome_of(result) for result in results.values())
        errors = [result for result in results.values() if isinstance(result, (Unavailable, Unknown))]
        if len(errors) < len(results):
            self._absences[name] = 0
        if not results or len(errors) < len(results):
            return
        self._absences[name] += 1
        if isinstance(errors[0], Misconfigured) or self._absences[name] >= _MOST_ABSENCES:
            self._away[name] = errors[0]

    def _leave_alone(self, outbox: Outbox, name: str, ready: Sequence[Ready]) -> None:
        outbox.settle(failed_for_all(self._away[name], [alert for alert, _ in ready], name))

    def _open(self, name: str) -> Channel | None:
        if name not in self._opened and name not in self._away:
            try:
                self._opened[name] = self.channels(name)
            except NotConfigured as error:
                _log.error("the channel %s cannot be used: %s", name, error)
                self._away[name] = Misconfigured(str(error))
        return self._opened.get(name)

    def _sender(self, outbox: Outbox, channel: Channel) -> Sender:
        return Sender(outbox, channel, self.now, self.sleep)

    def _message(self, alert: ClaimedAlert, step: Step) -> Message:
        return Message(alert.alert_id, alert.reference, step.address, self.write(step.channel, alert))


def _step_of(alert: ClaimedAlert, channel: str) -> Step | None:
    """Return the step of a channel, consent or not: the request left already, it is only asked about again."""
    return next((step for step in alert.route if step.channel == channel), None)


def _why_not_written(error: Exception) -> str:
    return str(error) if isinstance(error, Undeliverable) else f"the message cannot be written: {error}"
