"""What staff hear of: deliveries in trouble, and what the panel agreed on."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.configuration import conf

from jikimi import defaults

if TYPE_CHECKING:
    from airflow.sdk import Context

    from jikimi.delivery.notices import Wording
    from jikimi.delivery.staff import StaffWay


class NotifyStaffOperator(BaseOperator):
    """Writes down what is news to staff, and sends each notice over e-mail and Discord until it is taken.

    :param pages_url: where staff decide on alerts; without it Airflow's own address.
    :return: number of notices that a channel took.
    """

    def __init__(self, *, pages_url: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pages_url = pages_url

    def execute(self, context: "Context") -> int:
        """Write and send; where staff cannot be reached at all, nothing counts as told."""
        from jikimi.delivery.staff import open_ways

        ways = open_ways(defaults.staff_emails())
        if not ways:
            self.log.warning("nobody is told: set JIKIMI_STAFF_EMAILS, or add the connection discord_staff")
            return 0
        try:
            return self._tell(ways)
        finally:
            for way in ways:
                way.close()

    def _tell(self, ways: "list[StaffWay]") -> int:
        from jikimi.delivery.notices import note_alarms, note_digest, note_troubles, send_due
        from jikimi.store.connection import open_store

        names, wording, now = [way.name for way in ways], self._wording(), datetime.now(UTC)
        with open_store() as store:
            note_troubles(store, names, wording, now)
            note_alarms(store, names, wording, now, timedelta(minutes=defaults.alarm_quiet_minutes()))
            note_digest(store, names, wording, now, defaults.digest_minutes())
            sent = {way.name: send_due(store, way) for way in ways}
        self.log.info("notices sent: %s", sent)
        return sum(sent.values())

    def _wording(self) -> "Wording":
        from jikimi.delivery.notices import Wording

        pages = self.pages_url if self.pages_url is not None else conf.get("api", "base_url", fallback="")
        dashboards = defaults.dashboards_url()
        return Wording(defaults.bank_name(), defaults.time_zone(), defaults.staff_language(), pages, dashboards)
