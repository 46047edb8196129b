"""The drain: takes due alerts until none is left, sends each over its route, and never one twice."""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from jikimi.channels.base import Channel, Message
from jikimi.delivery.absences import Absences
from jikimi.delivery.calls import Ready, Sender
from jikimi.delivery.fates import channel_away, outcome_of
from jikimi.delivery.routing import next_step, step_over, steps_after
from jikimi.exceptions import Misconfigured, NotConfigured, Undeliverable
from jikimi.outbox import ClaimedAlert, Fate, OpenCall, Outbox, Step

if TYPE_CHECKING:
    from ml.messages import Letter

_log = logging.getLogger(__name__)

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
    :param write: writes the letter of an alert for a channel; what it raises costs that alert only.
    """

    outboxes: OpenOutbox
    channels: Callable[[str], Channel]
    write: WriteLetter
    options: Options = field(default_factory=Options)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    counts: Counter[str] = field(default_factory=Counter)
    _opened: dict[str, Channel] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._absences = Absences(self.now)

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
            while self._go_round(outbox):
                pass

    def _go_round(self, outbox: Outbox) -> int:
        """Claim once and send what was claimed; returns how many alerts were touched."""
        self._recover(outbox)
        claim = outbox.claim(self.options.limit, self.options.cool_down)
        channels = self._sorted(outbox, claim.alerts)
        for channel, ready in channels:
            # Each has its share of the time in which no other sender takes the alerts for left behind.
            self._send_all(outbox, channel, ready, self.now() + self.options.patience / 2 / len(channels))
        return claim.touched

    def _recover(self, outbox: Outbox) -> None:
        recovered = outbox.recover(self.options.patience)
        for alert_id, state in recovered.states.items():
            _log.warning("alert %s was left behind by its sender and is now %s", alert_id, state)
        for call in recovered.calls:
            self._repeat(outbox, call)

    def _repeat(self, outbox: Outbox, call: OpenCall) -> None:
        """Ask again about a call; what cannot be asked about stays open until its dealer forgets it."""
        channel = self._open(call.call.channel)
        # The connection may lead to another dealer by now, who knows nothing of the call.
        if not channel or not channel.limits.repeatable_seconds:
            return
        ready = []
        for alert in call.alerts:
            try:
                ready.append((alert, self._message(alert, step_over(alert, channel.name))))
            except Undeliverable as error:
                _log.warning("alert %s: nobody can be asked what became of it: %s", alert.alert_id, error)
        if ready:
            self._absences.notice(channel.name, self._sender(outbox, channel).repeat(call, ready))

    def _sorted(self, outbox: Outbox, alerts: Sequence[ClaimedAlert]) -> list[tuple[Channel, list[Ready]]]:
        """Give each channel its alerts, the quickest first; those without a way to their customer are settled."""
        by_channel: dict[str, list[Ready]] = defaultdict(list)
        dead: list[tuple[ClaimedAlert, Fate]] = []
        for alert in alerts:
            try:
                step = next_step(alert)
                by_channel[step.channel].append((alert, self._message(alert, step)))
            except Undeliverable as error:
                dead.append((alert, Fate("failed", str(error))))
        if dead:
            outbox.settle(dead)
            self.counts["failed"] += len(dead)
        opened = []
        for name, ready in by_channel.items():
            if channel := self._open(name):
                opened.append((channel, ready))
            else:
                self._leave_alone(outbox, name, ready)
        return sorted(opened, key=_seconds_needed)

    def _send_all(self, outbox: Outbox, channel: Channel, ready: Sequence[Ready], until: datetime) -> None:
        """Send until all is sent, the time is over or the channel is away; what is left goes back."""
        alerts = {alert.alert_id: alert for alert, _ in ready}
        calls: SimpleQueue[list[Ready]] = SimpleQueue()
        for messages in channel.calls([message for _, message in ready]):
            calls.put([(alerts[message.alert_id], message) for message in messages])
        threads = min(channel.limits.calls_at_once, calls.qsize())
        if threads <= 1:
            self._work(outbox, channel, calls, until)
        else:
            with ThreadPoolExecutor(threads) as pool:
                for done in [pool.submit(self._work_alone, channel, calls, until) for _ in range(threads)]:
                    done.result()
        left = [pair for _ in range(calls.qsize()) for pair in calls.get()]
        if left and self._absences.is_away(channel.name):
            self._leave_alone(outbox, channel.name, left)
        elif left:
            outbox.settle([(alert, Fate("pending")) for alert, _ in left])

    def _work_alone(self, channel: Channel, calls: "SimpleQueue[list[Ready]]", until: datetime) -> None:
        with self.outboxes() as outbox:
            self._work(outbox, channel, calls, until)

    def _work(self, outbox: Outbox, channel: Channel, calls: "SimpleQueue[list[Ready]]", until: datetime) -> None:
        """Send call after call; at least one, or a channel that is always late would never have its turn."""
        sender = self._sender(outbox, channel)
        is_over = False
        while not is_over:
            try:
                results = sender.send(calls.get_nowait())
            except Empty:
                return
            self.counts.update(outcome_of(result) for result in results.values())
            self._absences.notice(channel.name, results)
            is_over = self.now() >= until or self._absences.is_away(channel.name)

    def _leave_alone(self, outbox: Outbox, name: str, ready: Sequence[Ready]) -> None:
        """Pass a channel over that takes nothing now, where there is another one that can be used."""
        why, fates = self._absences.why(name), []
        for alert, _ in ready:
            others = [step.channel for step in steps_after(alert, alert.struck | {name})]
            unusable = frozenset(other for other in others if not self._open(other))
            fates.append((alert, channel_away(why, alert, name, unusable)))
        outbox.settle(fates)

    def _open(self, name: str) -> Channel | None:
        """Return a channel that may be tried now, None where it is left alone."""
        if self._absences.is_away(name):
            return None
        if name not in self._opened:
            try:
                self._opened[name] = self.channels(name)
            except NotConfigured as error:
                _log.error("the channel %s cannot be used: %s", name, error)
                self._absences.add(name, Misconfigured(str(error)))
        return self._opened.get(name)

    def _sender(self, outbox: Outbox, channel: Channel) -> Sender:
        return Sender(outbox, channel, self.now, self.sleep)

    def _message(self, alert: ClaimedAlert, step: Step) -> Message:
        try:
            letter = self.write(step.channel, alert)
        except Exception as error:
            raise Undeliverable(f"the message cannot be written: {_words(error)}") from error
        return Message(alert.alert_id, alert.reference, step.address, letter)


def _seconds_needed(work: tuple[Channel, list[Ready]]) -> float:
    channel, ready = work
    return len(ready) / channel.limits.per_second if channel.limits.per_second else 0


def _words(error: Exception) -> str:
    """Return what an error says where it is one of ours; what another one says may name the customer."""
    return str(error) if isinstance(error, ValueError) else type(error).__name__
