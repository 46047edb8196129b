"""A drain on an outbox in memory, with channels that answer as a test says."""

import pytest

from jikimi.delivery.drain import Drain, Options
from jikimi.exceptions import NotConfigured
from tests.fakes import MemoryOutbox, ScriptedChannel


class Bench:
    """An outbox, its channels and a drain on them."""

    def __init__(self):
        self.outbox = MemoryOutbox()
        self.channels = {}
        self.slept = []

    def channel(self, name="kakao_friends", **values):
        self.channels[name] = ScriptedChannel(name, **values)
        return self.channels[name]

    def drain(self, sleep=None, **options):
        drain = Drain(
            self.outbox.opened, self._open, self._write, Options(**options), self.outbox.now, sleep or self.slept.append
        )
        return drain.run()

    def let_claims_take(self, seconds, most):
        """Let time pass with each claim, and end a drain that does not end."""
        claim, left = self.outbox.claim, iter(range(most))

        def slow(*arguments):
            assert next(left, None) is not None, "the drain does not end"
            self.outbox.pass_time(seconds)
            return claim(*arguments)

        self.outbox.claim = slow

    def alerts(self, number):
        return [self.outbox.alert(f"c{each}") for each in range(1, number + 1)]

    def states(self):
        return [row.state for row in self.outbox.alerts.values()]

    def _open(self, name):
        if name not in self.channels:
            raise NotConfigured(f"there is no connection {name}_default")
        return self.channels[name]

    def _write(self, channel, alert):
        return f"{channel} {alert.reference} and {alert.more} more"


@pytest.fixture
def bench():
    made = Bench()
    for number in range(1, 9):
        made.outbox.customer(f"c{number}", ("kakao_friends", True), ("email", True))
    return made
