"""The last step: due alerts become messages on each customer's route."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from jikimi import defaults

if TYPE_CHECKING:
    from airflow.sdk import Context

    from jikimi.delivery.drain import Options


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
        from jikimi.delivery.opening import open_drain
        from jikimi.store.connection import open_store

        with open_store() as store:
            counts = open_drain(store, self._options()).run()
        self.log.info("messages by outcome: %s", dict(counts) or "none")
        return counts["delivered"] + counts["accepted"]

    def _options(self) -> "Options":
        from jikimi.delivery.drain import Options

        patience, cool_down = timedelta(seconds=self.patience_seconds), timedelta(seconds=defaults.cool_down_seconds())
        return Options(self.limit, patience, cool_down)
