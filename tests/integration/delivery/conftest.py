"""The outbox in memory and the one in PostgreSQL, behind the same words."""

import itertools
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from jikimi.store.alert_decisions import By, cancel, resolve
from jikimi.store.alerts import StoredOutbox
from jikimi.store.connection import open_store
from jikimi.store.panels import Member, NewPanel, promote, record_panel
from tests.fakes import MemoryOutbox, Row

_SHIFT = """
    update alerts set due_at = due_at - %(by)s, claimed_at = claimed_at - %(by)s, accepted_at = accepted_at - %(by)s;
    update alert_attempts set started_at = started_at - %(by)s, repeatable_until = repeatable_until - %(by)s;
    update channel_slots set next_at = next_at - %(by)s;
    update channel_quotas set day = (day + time '12:00' - %(by)s)::date;
"""


class StoredWorld(StoredOutbox):
    """The outbox in PostgreSQL with what a test does and asks; time passes by moving what is stored into the past."""

    def __init__(self, connection):
        super().__init__(connection)
        self._numbers = itertools.count(1)
        self._panel = _panel(connection)

    def now(self):
        return datetime.now(UTC)

    @contextmanager
    def opened(self):
        yield self

    def customer(self, customer_id, *route):
        self._do("insert into customers (customer_id, name) values (%s, '홍길동') on conflict do nothing", customer_id)
        for position, (channel, consent) in enumerate(route, 1):
            self._do(
                "insert into customer_channels (customer_id, channel, position, address, consented_at)"
                " values (%s, %s, %s, %s, case when %s then now() end)",
                *(customer_id, channel, position, f"to-{customer_id}", consent),
            )

    def alert(self, customer_id="c1"):
        number = next(self._numbers)
        self._do(
            "insert into transactions (transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id,"
            " merchant_id, amount, currency) values (%s, %s, %s, now(), now(), %s, 'm1', 500, 'KRW')",
            *(f"t{number}", self._batch, number, customer_id),
        )
        (row,) = self._do(
            "insert into alerts (transaction_id, occurred_at, panel_id, customer_id, reference)"
            " select transaction_id, occurred_at, %s, customer_id, %s from transactions where transaction_id = %s"
            " returning alert_id",
            *(self._panel, f"{number:08X}", f"t{number}"),
        )
        return row["alert_id"]

    def cancel(self, alert_id):
        cancel(self._connection, [alert_id], By("kim", "a trial"))

    def send_again(self, alert_id):
        resolve(self._connection, [alert_id], "send again", By("kim", "the customer knows nothing of it"))

    def state(self, alert_id):
        (row,) = self._do("select * from alerts where alert_id = %s", alert_id)
        return Row(
            alert_id=alert_id,
            customer_id=row["customer_id"],
            due_at=row["due_at"],
            state=row["state"],
            claims=row["claims"],
            attempts=row["attempts"],
            struck=tuple(row["struck_channels"]),
            channel=row["channel"],
            wait_reason=row["wait_reason"],
            error=row["last_error"],
            claimed_at=row["claimed_at"],
            accepted_at=row["accepted_at"],
            folded_into=row["folded_into"],
            folded_count=row["folded_count"],
        )

    def outcomes(self, alert_id):
        rows = self._do("select outcome from alert_attempts where alert_id = %s order by attempt_id", alert_id)
        return [row["outcome"] for row in rows]

    def pass_time(self, seconds):
        from datetime import timedelta

        for statement in _SHIFT.strip().split(";")[:-1]:
            self._connection.execute(statement, {"by": timedelta(seconds=seconds)})

    @property
    def _batch(self):
        rows = self._do("select min(batch_id) as batch_id from batches")
        if rows[0]["batch_id"] is None:
            rows = self._do(
                "insert into batches (source, state, landed_count, valid_count, claimed_at)"
                " values ('live', 'scored', 0, 0, now()) returning batch_id"
            )
        return rows[0]["batch_id"]

    def _do(self, statement, *values):
        cursor = self._connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def store(database, monkeypatch):
    monkeypatch.setenv("JIKIMI_DATABASE_URL", database)
    with open_store() as connection:
        yield connection


@pytest.fixture(params=["memory", "stored"])
def world(request):
    """An outbox: the fake, then the real one."""
    if request.param == "memory":
        return MemoryOutbox()
    return StoredWorld(request.getfixturevalue("store"))


def _panel(store):
    now = datetime.now(UTC)
    new = NewPanel("unanimous", 50, "run", now, now, now, now, (Member("alpha", "jikimi_alpha", 1, 0.5),), {}, {})
    panel_id = record_panel(store, new)
    promote(store, panel_id, "for a test")
    return panel_id
