"""The last step: due alerts become messages on each customer's route."""

import time
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from jikimi import defaults

if TYPE_CHECKING:
    from airflow.sdk import Context

    from jikimi.delivery.drain import Options
    from jikimi.store.connection import Connection

_PAUSE_SECONDS = 0.15


class SendAlertsOperator(BaseOperator):
    """Claims due alerts, sends each and finishes it; whatever dies in between, nothing is sent twice.

    :param limit: alerts claimed at once.
    :param patience_seconds: age at which an alert in `sending` is taken from a sender that must have died.
    :param linger_seconds: how long it stays for alerts of the run behind it, whose own sender Airflow has yet to start.
    :return: number of alerts that a channel took.
    """

    def __init__(
        self, *, limit: int = 1000, patience_seconds: float = 120, linger_seconds: float = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.linger_seconds = linger_seconds
        self.limit = limit
        self.patience_seconds = patience_seconds

    def execute(self, context: "Context") -> int:
        """Send until nothing is due, and for a moment more what becomes due."""
        from jikimi.delivery.opening import open_drain
        from jikimi.store.connection import open_store

        counts: Counter[str] = Counter()
        leaves_at = time.monotonic() + self.linger_seconds
        with open_store() as store:
            while True:
                counts += open_drain(store, self._options()).run()
                if not self._is_more_due(store, leaves_at):
                    break
        self.log.info("messages by outcome: %s", dict(counts) or "none")
        return counts["delivered"] + counts["accepted"]

    def _is_more_due(self, store: "Connection", leaves_at: float) -> bool:
        from jikimi.store.alerts import is_any_due

        while time.monotonic() < leaves_at:
            time.sleep(_PAUSE_SECONDS)
            if is_any_due(store):
                return True
        return False

    def _options(self) -> "Options":
        from jikimi.delivery.drain import Options

        patience, cool_down = timedelta(seconds=self.patience_seconds), timedelta(seconds=defaults.cool_down_seconds())
        return Options(self.limit, patience, cool_down)
