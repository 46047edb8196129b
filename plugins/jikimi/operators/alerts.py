"""The last step: due alerts become messages on each customer's route."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from jikimi import defaults

if TYPE_CHECKING:
    from airflow.sdk import Context

    from jikimi.channels.base import Channel
    from jikimi.delivery.drain import Drain
    from jikimi.store.connection import Connection


class SendAlertsOperator(BaseOperator):
    """Claims due alerts, sends each and finishes it; whatever dies in between, nothing is sent twice.

    :param limit: alerts claimed at once.
    :param patience_seconds: age at which an alert in `sending` is taken from a sender that must have died.
    :return: number of alerts that a channel took.
    """

    def __init__(self, *, limit: int = 1000, patience_seconds: float = 120, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.limit = limit
        self.patience_seconds = patience_seconds

    def execute(self, context: "Context") -> int:
        """Send until nothing is due."""
        from jikimi.store.connection import open_store

        with open_store() as store:
            counts = self._drain(store).run()
        self.log.info("messages by outcome: %s", dict(counts) or "none")
        return counts["delivered"] + counts["accepted"]

    def _drain(self, store: "Connection") -> "Drain":
        from jikimi.channels.registry import open_channel
        from jikimi.delivery.drain import Drain, Options
        from jikimi.delivery.letters import letters
        from jikimi.store.alerts import open_outbox

        def channel(name: str) -> "Channel":
            return open_channel(name, store)

        options = Options(
            self.limit, timedelta(seconds=self.patience_seconds), timedelta(seconds=defaults.cool_down_seconds())
        )
        # A wrong setting stops the drain here, before an alert was touched.
        return Drain(open_outbox, channel, letters(defaults.bank_name(), defaults.time_zone()), options)
