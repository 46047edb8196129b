"""Alerts in any state, with all that a row of theirs needs."""

import itertools

from psycopg import sql

_NUMBERS = itertools.count(1)
_NEEDS = {
    "sending": {"claimed_at": "now"},
    "delivered": {"accepted_at": "now", "finished_at": "now"},
    "accepted": {"accepted_at": "now"},
    "failed": {"last_error": "the customer has no channel", "finished_at": "now"},
    "unknown": {"last_error": "the answer was lost"},
    "cancelled": {"last_error": "kim: by mistake", "finished_at": "now"},
}


def add_alert(store, state="pending", customer_id="c1", **columns):
    """Write an alert with its transaction; returns its number."""
    number = next(_NUMBERS)
    store.execute(
        "insert into panels (panel_id, state, messages_per_10k, mlflow_run_id, trained_from, trained_until,"
        " judged_from, judged_until) overriding system value"
        " values (1, 'retired', 50, 'run', now(), now(), now(), now()) on conflict do nothing"
    )
    store.execute(
        "insert into batches (batch_id, source, state, landed_count, claimed_at) overriding system value"
        " values (1, 'live', 'scored', 0, now()) on conflict do nothing"
    )
    store.execute(
        "insert into transactions (transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id,"
        " merchant_id, merchant_name, amount, currency, card_masked)"
        " values (%s, 1, %s, now(), now(), %s, 'm1', 'ABC마트', 1500, 'KRW', '411111******1111')",
        [f"t{number}", number, customer_id],
    )
    at = store.execute("select occurred_at from transactions where transaction_id = %s", [f"t{number}"]).fetchone()
    given = {
        "transaction_id": f"t{number}",
        **at,
        "panel_id": 1,
        "customer_id": customer_id,
        "reference": f"{number:08X}",
    }
    return _insert(store, "alerts", given | {"state": state} | _NEEDS.get(state, {}) | columns, "alert_id")


def add_try(store, alert_id, outcome="unknown", **columns):
    """Write a finished try of an alert."""
    given = {"alert_id": alert_id, "channel": "kakao_friends", "started_at": "now", "finished_at": "now"}
    return _insert(store, "alert_attempts", given | {"outcome": outcome} | columns, "attempt_id")


def row_of(store, alert_id):
    """Read an alert."""
    return store.execute("select * from alerts where alert_id = %s", [alert_id]).fetchone()


def decisions_of(store, alert_id):
    """Read what people decided on an alert: decision, the state before, who and why."""
    rows = store.execute(
        "select decision, state_before, decided_by, reason from alert_decisions where alert_id = %s"
        " order by decision_id",
        [alert_id],
    )
    return [tuple(row.values()) for row in rows]


def _insert(store, table, row, key):
    statement = sql.SQL("insert into {} ({}) values ({}) returning {}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
        sql.Identifier(key),
    )
    return store.execute(statement, list(row.values())).fetchone()[key]
