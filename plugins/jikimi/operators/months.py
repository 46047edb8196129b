"""Keeps the tables of the fraud database from growing for ever, and ready for the months to come."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from jikimi import defaults
from jikimi.store import months
from jikimi.store.connection import Connection, open_store

if TYPE_CHECKING:
    from airflow.sdk import Context

AHEAD = 3
"""Months that are made beforehand: a maintenance that fails for a season is no matter."""
# Between a row's validation and its commit: what was young enough then must find its month.
_MARGIN = timedelta(days=1)


class KeepMonthsOperator(BaseOperator):
    """Makes the next months and lets go of what is older than `JIKIMI_RETENTION_DAYS`.

    What must stay stays whatever its age: alerts that are not final, batches that wait for verdicts or are held, landed
    rows that wait for validation. The log says which months that holds back.

    :return: table -> how many months or rows went; with the parameter `dry_run`, would have gone.
    """

    def execute(self, context: "Context") -> dict[str, int]:
        """Make, drop, delete; or only look."""
        now = datetime.now(UTC)
        kept_from = now - timedelta(days=defaults.retention_days()) - _MARGIN
        landed_from = now - timedelta(days=defaults.landed_retention_days()) - _MARGIN
        is_dry = bool(context["params"].get("dry_run"))
        with open_store() as store:
            if not is_dry:
                self._make(store, now)
            gone = {
                "months of transactions": self._drop(store, "transactions", kept_from, is_dry),
                "months of landed_transactions": self._drop(store, "landed_transactions", landed_from, is_dry),
                **self._delete(store, kept_from, now, is_dry),
            }
        self.log.info("%s: %s", "would go" if is_dry else "gone", gone)
        return gone

    def _make(self, store: Connection, now: datetime) -> None:
        ahead = [_months_later(now, number) for number in range(AHEAD + 1)]
        made = months.make_months(store, ahead), months.make_landed_months(store, AHEAD)
        self.log.info("months made: %s of transactions, %s of landed_transactions", *made)

    def _drop(self, store: Connection, parent: months.Parent, before: datetime, is_dry: bool) -> int:
        dropped = 0
        for old in months.old_months(store, parent, before):
            name = f"{old.month:%Y-%m} of {parent}"
            if old.kept_for is not None:
                self.log.warning("%s stays for now: it has %s", name, old.kept_for)
                continue
            self.log.info("%s, about %s rows: %s", name, old.rows, "would go" if is_dry else "goes")
            if not is_dry:
                self._drop_one(store, parent, old.month)
            dropped += 1
        return dropped

    def _drop_one(self, store: Connection, parent: months.Parent, month: datetime) -> None:
        if parent == "landed_transactions":
            months.drop_landed_month(store, month)
        else:
            self.log.info("%s transactions are forgotten", months.drop_month(store, month))

    def _delete(self, store: Connection, before: datetime, now: datetime, is_dry: bool) -> dict[str, int]:
        if is_dry:
            return months.count_before(store, before, now)
        instants: dict[str, Any] = dict.fromkeys(months.BY_ROW, before)
        instants["channel_quotas"] = now - timedelta(days=months.QUOTA_DAYS)
        return {kind: months.delete_before(store, kind, instant) for kind, instant in instants.items()}


def _months_later(at: datetime, number: int) -> datetime:
    years, month = divmod(at.month - 1 + number, 12)
    return at.replace(year=at.year + years, month=month + 1, day=1)
