"""Asks the dealer how accepted messages ended."""

from typing import TYPE_CHECKING, cast

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from jikimi import defaults
from jikimi.exceptions import NotConfigured

if TYPE_CHECKING:
    from collections import Counter

    from airflow.sdk import Context

    from jikimi.channels.base import ReportingChannel
    from jikimi.store.connection import Connection


class CollectReportsOperator(BaseOperator):
    """Asks about every message whose delivery report is due, and leaves to a person what stays without one.

    :return: state -> number of alerts that came to it.
    """

    def execute(self, context: "Context") -> dict[str, int]:
        """Ask and apply; then let go of what is too old, whatever the dealer said."""
        from jikimi.store.connection import open_store

        with open_store() as store:
            try:
                counts = self._ask(store)
            finally:
                self._expire(store)
        self.log.info("alerts by state: %s", dict(counts) or "none")
        return dict(counts)

    def _ask(self, store: "Connection") -> "Counter[str]":
        from jikimi.delivery.reports import ask_dealer

        channel = self._channel(store)
        try:
            return ask_dealer(store, channel)
        finally:
            channel.close()

    def _expire(self, store: "Connection") -> None:
        from jikimi.store.reports import expire_accepted

        for alert_id in expire_accepted(store, defaults.report_hours()):
            self.log.warning("alert %s has no delivery report and is now unknown", alert_id)

    def _channel(self, store: "Connection") -> "ReportingChannel":
        from jikimi.channels.registry import open_channel

        try:
            return cast("ReportingChannel", open_channel("alimtalk", store))
        except NotConfigured as error:
            raise AirflowSkipException(f"There is no dealer to ask: {error}") from error
