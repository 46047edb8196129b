"""Every alert arrives once, or a reason says why not: whatever channels answer, and wherever senders die.

A state machine lands alerts, lets channels work, fail, lose answers, lets senders die before and after each step and
overlap, lets time pass, reports arrive and people decide, and compares the outbox with what arrived after each step.
"""

from contextlib import contextmanager, suppress
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from jikimi.channels.base import Limits, Taken
from jikimi.delivery.drain import Drain, Options
from jikimi.exceptions import QuotaUsedUp, Rejected, Unavailable, Unknown
from jikimi.outbox import Fate, Quota
from tests.fakes import WAITING, MemoryOutbox, ScriptedChannel

NAMES = ("alimtalk", "kakao_friends", "email")
CUSTOMERS = ("c1", "c2", "c3", "c4", "c5")
PATIENCE = timedelta(seconds=120)
SENDER_STEPS = ("recover", "claim", "begin", "finish", "settle")
WEATHER = ("fine", "lost", "lost_before", "away", "refused", "full", "dies_before", "dies_after", "slow", "half")


class SenderDied(BaseException):
    """The process is gone: no handler of the drain may see it."""


class Dealer(ScriptedChannel):
    """A channel with a weather, and a memory of what reached the customer's telephone."""

    def __init__(self, name, meanwhile):
        super().__init__(name)
        self.weather = []
        self.meanwhile = meanwhile
        self.known_calls = set()
        if name == "alimtalk":
            self.limits = Limits(messages_a_call=3, repeatable_seconds=540)
            self.otherwise = Taken(is_final=False)
        if name == "kakao_friends":
            self.counted = (Quota("sender", 6),)

    def send(self, messages, call_id):
        weather = self.weather.pop(0) if self.weather else "fine"
        if weather == "dies_before":
            raise SenderDied
        if weather == "lost_before":
            raise Unknown("no answer")
        if weather in ("away", "refused", "full"):
            raise {
                "away": Unavailable("down"),
                "refused": Rejected("no"),
                "full": QuotaUsedUp("full", "-532", subject="sender"),
            }[weather]
        if weather == "slow":
            self.meanwhile()
        results = self._take(messages, call_id, half=weather == "half")
        if weather == "dies_after":
            raise SenderDied
        if weather == "lost":
            raise Unknown("no answer")
        return results

    def _take(self, messages, call_id, half):
        if self.limits.repeatable_seconds and call_id in self.known_calls:
            return {message.alert_id: Taken(False, None, "-1005") for message in messages}
        self.known_calls.add(call_id)
        results = {}
        for number, message in enumerate(messages):
            results[message.alert_id] = Rejected("blocked") if half and number % 2 else self._answer(message, call_id)
        return results


class Guarantees(RuleBasedStateMachine):
    """The whole of it; see the module."""

    @initialize(
        routes=st.lists(
            st.tuples(st.permutations(NAMES), st.lists(st.booleans(), min_size=3, max_size=3)), min_size=3, max_size=3
        )
    )
    def open(self, routes):
        self.outbox = MemoryOutbox()
        self.channels = {name: Dealer(name, self._another_sender_overtakes) for name in NAMES}
        self.refused_later = set()
        self.fuse = None
        self.outbox.customer("c1", ("alimtalk", True), ("kakao_friends", True))
        self.outbox.customer("c2", ("kakao_friends", True), ("alimtalk", True))
        for number, (route, consents) in enumerate(routes, 3):
            self.outbox.customer(f"c{number}", *zip(route, consents, strict=True))

    @rule(customer=st.sampled_from(CUSTOMERS))
    def land(self, customer):
        self.outbox.alert(customer)

    @rule(name=st.sampled_from(NAMES), weather=st.lists(st.sampled_from(WEATHER), min_size=1, max_size=4))
    def change_weather(self, name, weather):
        self.channels[name].weather = weather

    @rule()
    def drain(self):
        with suppress(SenderDied):
            self._drain()

    @rule(step=st.sampled_from(SENDER_STEPS), how=st.sampled_from(["dies before", "dies after", "is overtaken before"]))
    def drain_and_die(self, step, how):
        self.fuse = (step, how)
        with suppress(SenderDied):
            self._drain()
        self.fuse = None

    @rule(seconds=st.sampled_from([1, 30, 130, 600, 4000, 90_000]))
    def wait(self, seconds):
        self.outbox.pass_time(seconds)

    @rule(number=st.integers(0, 9))
    def a_person_cancels(self, number):
        if waiting := [row.alert_id for row in self.outbox.alerts.values() if row.state in WAITING]:
            self.outbox.cancel(waiting[number % len(waiting)])

    @rule()
    def a_person_sends_again(self):
        """What customers say that they know nothing of."""
        arrived = set(self._arrivals())
        for row in self.outbox.alerts.values():
            if row.state == "unknown" and row.alert_id not in arrived:
                self.outbox.send_again(row.alert_id)

    @rule(is_delivered=st.booleans())
    def reports_arrive(self, is_delivered):
        """The dealer says of each message that it has how it ended; what it never got it cannot report."""
        arrived = dict(message for message in self.channels["alimtalk"].taken if message not in self.refused_later)
        for row in self.outbox.alerts.values():
            if row.state in ("accepted", "unknown") and row.channel == "alimtalk" and row.alert_id in arrived:
                self._report(row, (row.alert_id, arrived[row.alert_id]), is_delivered)

    @invariant()
    def nothing_reaches_a_customer_twice(self):
        if hasattr(self, "outbox"):
            arrived = self._arrivals()
            assert len(arrived) == len(set(arrived))

    @invariant()
    def states_tell_the_truth(self):
        if not hasattr(self, "outbox"):
            return
        arrived = set(self._arrivals())
        for row in self.outbox.alerts.values():
            if row.state in ("delivered", "accepted"):
                assert row.alert_id in arrived
            if row.state in ("pending", "deferred", "failed", "cancelled"):
                assert row.alert_id not in arrived
            if row.state in ("failed", "unknown", "cancelled"):
                assert row.error
            if row.state == "unknown":
                assert self.outbox.outcomes(row.alert_id)[-1] == "unknown"

    @invariant()
    def nothing_leaves_without_consent(self):
        for name, channel in getattr(self, "channels", {}).items():
            for alert_id, _ in channel.taken:
                route = self.outbox.routes[self.outbox.alerts[alert_id].customer_id]
                assert any(step.channel == name and step.has_consent for step in route)

    @invariant()
    def a_customer_has_one_message_under_way(self):
        sending = [
            a.customer_id for a in getattr(self, "outbox", MemoryOutbox()).alerts.values() if a.state == "sending"
        ]
        assert len(sending) == len(set(sending))

    def teardown(self):
        """After some quiet days nothing waits any more."""
        if not hasattr(self, "outbox"):
            return
        for channel in self.channels.values():
            channel.weather = []
        for _ in range(40):
            self.outbox.pass_time(4000)
            self._drain()
        self.states_tell_the_truth()
        self.nothing_reaches_a_customer_twice()
        settled = {"delivered", "accepted", "failed", "unknown", "suppressed", "cancelled"}
        assert {row.state for row in self.outbox.alerts.values()} <= settled
        for row in self.outbox.alerts.values():
            assert (row.state == "suppressed") == (row.folded_into is not None)

    def _drain(self):
        drain = Drain(
            self._opened,
            self.channels.__getitem__,
            lambda *_: "a letter",
            Options(4, PATIENCE, timedelta(seconds=300)),
            self.outbox.now,
            self._sleep,
        )
        drain.run()

    @contextmanager
    def _opened(self):
        yield Mortal(self.outbox, self)

    def _sleep(self, seconds):
        self.outbox.pass_time(seconds)

    def _another_sender_overtakes(self):
        self.outbox.pass_time(PATIENCE.total_seconds() + 1)
        fuse, self.fuse = self.fuse, None
        with suppress(SenderDied):
            self._drain()
        self.fuse = fuse

    def _report(self, row, message, is_delivered):
        if is_delivered:
            self.outbox._apply(row, Fate("delivered"))
            return
        self.refused_later.add(message)
        left = [
            s
            for s in self.outbox.routes[row.customer_id]
            if s.has_consent and s.channel not in {*row.struck, "alimtalk"}
        ]
        self.outbox._apply(row, Fate("pending" if left else "failed", "not delivered", strike="alimtalk"))

    def _arrivals(self):
        """Return alert ids as customers' telephones show them: what a dealer could not deliver is not there."""
        return [
            alert_id
            for channel in self.channels.values()
            for alert_id, call_id in channel.taken
            if (alert_id, call_id) not in self.refused_later
        ]


class Mortal:
    """An outbox whose sender dies before or after one of its steps, or is so slow that another one overtakes it."""

    def __init__(self, outbox, machine):
        self._outbox = outbox
        self._machine = machine

    def __getattr__(self, step):
        work = getattr(self._outbox, step)
        fused, how = self._machine.fuse or (None, None)
        if fused != step:
            return work

        def mortal(*arguments):
            if how == "is overtaken before":
                self._machine._another_sender_overtakes()
                return work(*arguments)
            if how == "dies after":
                work(*arguments)
            raise SenderDied

        return mortal


Guarantees.TestCase.settings = settings(
    max_examples=400, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestGuarantees = Guarantees.TestCase
