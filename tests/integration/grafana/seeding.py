"""Fills the fraud database with a small hour of known figures, and with personal data that nobody may see.

Live transactions are T01 to T12, one per minute. Votes by transaction: T01 to T03 all three members; T04 and T05 two
of three; T06 both voters of a panel of three whose third was silent (majority, never unanimous); the rest none.
Beside them: a challenger that calls everything fraud in the shadow, history, a transaction of last week, a backlog, a
quarantine, decisions on both panels.
"""

from datetime import datetime, timedelta

import psycopg

from jikimi.store.connection import open_store
from jikimi.store.counts import count_scored

NAME, UUID, CARD, REFERENCE = "홍길동", "uuid-of-a-friend", "4111111111111111", "REF0CAFE"
PHONE, EMAIL, THREAD, RECEIVER = "01012345678", "gildong@example.com", "1099999999999999999", "4f6a9d21c0b7e835"
WHY, BODY = "the customer's daughter called", "Alert REF0CAFE1 of 홍길동 failed."
CUSTOMER, SHORT_CUSTOMER, HOME_LATITUDE = "customer-7742", "596", 37.987654
ADDRESSES = {"alimtalk": PHONE, "kakao_friends": UUID, "email": EMAIL, "discord": THREAD}
ERROR = "Kakao refused 010-1234-5678"
SECRETS = (
    *(NAME, UUID, CARD, "411111******1111", REFERENCE, CUSTOMER, str(HOME_LATITUDE), "010-1234-5678"),
    *(PHONE, EMAIL, THREAD, RECEIVER, WHY, BODY),
)
MEMBERS = ("logistic_regression", "random_forest", "xgboost")
VOTES = {"T01": 3, "T02": 3, "T03": 3, "T04": 2, "T05": 2, "T06": 2}
CHALLENGER = 2
LAST_WEEK = 100
"""The batch of last week's fraud."""
AGE = timedelta(days=2000)
"""A replay runs in the past: so much before they landed did the purchases occur."""
DECISIONS = (
    (1, "promoted", "First panel.", 50),
    (CHALLENGER, "promoted", "Better.", 49),
    (1, "retired", "Panel 2 took its place.", 49),
    (1, "rolled_back", "Too many messages.", 48),
    (CHALLENGER, "challenging", "A person has to approve.", 45),
)
CATEGORIES = ("shopping", "travel", None)
MEASURES = (
    ("landed_rows", "", 100, 90),
    ("backlog_rows", "", 2, None),
    ("backlog_seconds", "", 1, None),
    ("seconds_since_landed", "", 5, None),
    ("seconds_since_scored", "", 6, None),
    ("quarantined_rows", "amount_is_positive", 2, None),
    ("quarantined_share", "", 0.01, None),
)
FIGURES = {
    "scored_count": 12,
    "unanimous_count": 3,
    "majority_count": 6,
    "unanimous_share": 3 / 12,
    "majority_share": 6 / 12,
    "backlog_rows": 2 + 4,
    "quarantined_count": 2,
    "latency_p50": 2.0,
    "latency_p95": 2.0,
}
ROWS_OF = {
    "agreement": [(3, 3)],
    "fraud_by_category": [("shopping", 1), ("travel", 1), ("unknown", 1)],
    "amount_called_fraud": [("KRW", 1000.0 + 2000.0 + 5000.0)],
    "quarantine_by_reason": [("amount_is_positive", 2), ("currency_is_known", 1)],
    "alerts_by_state": [
        ("pending", 0), ("sending", 0), ("accepted", 2), ("delivered", 0), ("deferred", 0), ("suppressed", 0),
        ("cancelled", 0), ("unknown", 1), ("failed", 1),
    ],
}  # fmt: skip


def seed(url: str, now: datetime) -> None:
    """Write the hour before `now`, as the role `jikimi`."""
    with psycopg.connect(url) as connection:
        _panels(connection, now)
        _last_week(connection, now)
    # Dashboards find last week in sums, and the known hour by its rows.
    with open_store(url) as store:
        count_scored(store)
    with psycopg.connect(url) as connection:
        _batches(connection, now)
        _live(connection, now)
        _aside(connection, now)
        _alerts(connection, now)
        _waiting_and_refused(connection, now)
        _people(connection, now)
        _monitors(connection, now)
        _backfill(connection, now)


def keep_one_row(url: str) -> None:
    """Leave the first row of each table, as the owner: the least that a query may meet beside nothing."""
    tables = """select oid::regclass::text from pg_class where relnamespace = 'public'::regnamespace
        and relkind in ('r', 'p') and not relispartition and relname <> 'alembic_version'"""
    with psycopg.connect(url) as owner:
        owner.execute("set session_replication_role = replica")
        for (table,) in owner.execute(tables.encode()).fetchall():
            first = f"select tableoid, ctid from {table} order by tableoid, ctid limit 1"
            owner.execute(f"delete from {table} where (tableoid, ctid) not in ({first})".encode())


def _panels(connection: psycopg.Connection, now: datetime) -> None:
    for state in ("champion", "challenger"):
        connection.execute(
            """insert into panels (state, messages_per_10k, mlflow_run_id, trained_from, trained_until, judged_from,
                judged_until, decision, created_at, promoted_at)
            values (%(state)s, 50, 'run', %(then)s, %(then)s, %(then)s, %(then)s, 'First panel.', %(at)s,
                case when %(state)s = 'champion' then %(at)s end)""",
            {"state": state, "then": now - timedelta(days=9), "at": now - timedelta(minutes=50)},
        )
    for panel_id in (1, 2):
        for member in MEMBERS:
            values = (panel_id, member, f"jikimi_{member}", panel_id, 0.5)
            connection.execute("insert into panel_members values (%s, %s, %s, %s, %s)", values)
    connection.execute(
        "insert into panel_measures values (1, 'panel', 'average_precision', 0.7, %(at)s, %(at)s, %(at)s)", {"at": now}
    )
    for panel_id, decision, sentence, minutes in DECISIONS:
        connection.execute(
            """insert into panel_decisions (panel_id, decision, sentence, decided_by, decided_at)
            values (%s, %s, %s, 'gate', %s)""",
            (panel_id, decision, sentence, now - timedelta(minutes=minutes)),
        )


def _batches(connection: psycopg.Connection, now: datetime) -> None:
    statement = """insert into batches (source, state, landed_count, valid_count, quarantined_count, first_landed_at,
        claimed_at, first_occurred_at, last_occurred_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""
    for source, state, valid, refused, minutes in (
        ("live", "scored", 12, 2, 40),
        ("history", "loaded", 1, 0, 40),
        ("live", "validated", 4, 0, 3),
    ):
        at = now - timedelta(minutes=minutes)
        occurred = (at - AGE, now - AGE)
        connection.execute(statement, (source, state, valid + refused, valid, refused, at, at, *occurred))


def _live(connection: psycopg.Connection, now: datetime) -> None:
    for number in range(1, 13):
        name, at = f"T{number:02}", now - timedelta(minutes=40 - number)
        customer = SHORT_CUSTOMER if number % 2 else CUSTOMER
        amount = (1000, 2000, 5000)[(number - 1) % 3]
        _transaction(connection, number, name, 1, at, customer, amount, CATEGORIES[(number - 1) % 3])
        votes, voters = VOTES.get(name, 0), 2 if name == "T06" else 3
        _verdict(connection, name, 1, votes, voters, at + timedelta(seconds=1))
        _verdict(connection, name, CHALLENGER, 3, 3, at + timedelta(seconds=1))


def _aside(connection: psycopg.Connection, now: datetime) -> None:
    """Add what must not be counted: history that landed now."""
    _transaction(connection, 101, "H1", 2, now - timedelta(minutes=30), CUSTOMER, 10, "shopping")


def _last_week(connection: psycopg.Connection, now: datetime) -> None:
    """Add fraud that is older than what dashboards show of the known hour."""
    at = now - timedelta(days=7)
    connection.execute(
        """insert into batches (batch_id, source, state, landed_count, valid_count, claimed_at, first_occurred_at,
            last_occurred_at) overriding system value values (%s, 'live', 'scored', 1, 1, %s, %s, %s)""",
        (LAST_WEEK, at, at - AGE, at - AGE),
    )
    _transaction(connection, 102, "OLD", LAST_WEEK, at, CUSTOMER, 10, "shopping")
    _verdict(connection, "OLD", 1, 3, 3, at, LAST_WEEK)


def _transaction(
    connection: psycopg.Connection, landed_id: int, name: str, batch: int, at: datetime, customer: str, amount: float,
    category: str | None,
) -> None:  # fmt: skip
    connection.execute("select ensure_months(%s)", ([at - AGE],))
    connection.execute(
        """insert into transactions (transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id,
            merchant_id, merchant_name, category, amount, currency, card_masked, customer_latitude,
            customer_longitude, merchant_latitude, merchant_longitude)
        values (%s, %s, %s, %s, %s, %s, '3156', %s, %s, %s, 'KRW', '411111******1111', %s, 127.0, 37.123456, 127.654321)
        """,
        (name, batch, landed_id, at, at - AGE, customer, "", category, amount, HOME_LATITUDE),
    )


def _verdict(
    connection: psycopg.Connection, name: str, panel_id: int, votes: int, voters: int, at: datetime, batch: int = 1
) -> None:
    for place, member in enumerate(MEMBERS[:voters]):
        values = (panel_id, member, 0.9 if place < votes else 0.1, place < votes, at, name)
        connection.execute(
            "insert into predictions select transaction_id, %s, %s, %s, %s, %s, occurred_at from transactions"
            " where transaction_id = %s",
            values,
        )
    connection.execute(
        """insert into verdicts (transaction_id, panel_id, batch_id, votes, voters, members, panel_score, reasons,
            scored_at, is_shadow, explanation_en, occurred_at)
        select transaction_id, %s, %s, %s, %s, 3, 0.5, '{amount_far_above_usual}', %s, %s, %s, occurred_at
        from transactions where transaction_id = %s""",
        (panel_id, batch, votes, voters, at, panel_id == CHALLENGER, "Why." if votes == len(MEMBERS) else None, name),
    )


def _alerts(connection: psycopg.Connection, now: datetime) -> None:
    for number, state in enumerate(("accepted", "accepted", "failed", "unknown"), start=1):
        at = now - timedelta(minutes=40 - number) + timedelta(seconds=2)
        connection.execute(
            """insert into alerts (transaction_id, occurred_at, panel_id, customer_id, reference, state, channel,
                created_at, accepted_at, last_error)
            select transaction_id, occurred_at, 1, %(customer)s, %(reference)s, %(state)s, 'kakao_memo', %(at)s,
                case when %(state)s = 'accepted' then %(at)s end, %(error)s
            from transactions where transaction_id = %(name)s""",
            {
                "name": f"T{number:02}", "customer": CUSTOMER, "reference": f"{REFERENCE}{number}", "state": state,
                "at": at, "error": ERROR,
            },
        )  # fmt: skip
        connection.execute(
            """insert into alert_attempts (alert_id, channel, started_at, finished_at, outcome, code, detail, dealer_id)
            values (%s, 'kakao_memo', %s, %s, 'accepted', '0', %s, %s)""",
            (number, at, at, ERROR, f"dealer-{number}"),
        )
    connection.execute(
        """insert into delivery_reports (dealer, event_id, dealer_id, outcome, code, detail)
        values ('nhn', 'event-1', 'dealer-1', 'delivered', '1000', %s)""",
        (ERROR,),
    )
    connection.execute(
        """insert into alert_decisions (alert_id, decision, state_before, reason, decided_by)
        values (3, 'retried', 'failed', %s, 'kim')""",
        (WHY,),
    )


def _waiting_and_refused(connection: psycopg.Connection, now: datetime) -> None:
    landed = "insert into landed_transactions (landed_at, batch_id, customer_id, card_number) values (%s, %s, %s, %s)"
    for batch in (None, None, 1, 1):
        connection.execute(landed, (now - timedelta(minutes=5), batch, CUSTOMER, CARD))
    for landed_id, reasons in ((3, ["amount_is_positive", "currency_is_known"]), (4, ["amount_is_positive"])):
        connection.execute(
            """insert into quarantined_transactions (landed_id, batch_id, quarantined_at, reasons, landed_row)
            values (%s, 1, %s, %s, jsonb_build_object('card_number', %s::text))""",
            (landed_id, now - timedelta(minutes=5), reasons, CARD),
        )


def _people(connection: psycopg.Connection, now: datetime) -> None:
    person = "insert into customers (customer_id, name) values (%s, %s)"
    connection.execute(person, (CUSTOMER, NAME))
    channel = """insert into customer_channels (customer_id, channel, position, address, consented_at)
        values (%s, %s, %s, %s, %s)"""
    for position, (name, address) in enumerate(ADDRESSES.items(), 1):
        connection.execute(channel, (CUSTOMER, name, position, address, now if position > 1 else None))
    quota = "insert into channel_quotas values ('kakao_default', (now() at time zone 'Asia/Seoul')::date, %s, 5, 100)"
    for subject in ("app", "sender", f"receiver:{RECEIVER}", f"pair:{RECEIVER}"):
        connection.execute(quota, (subject,))
    connection.execute(
        """with notice as (
            insert into staff_notices (kind, subject, body, html, covers_until)
            values ('deliveries', '1 alert failed', %(body)s, %(body)s, %(at)s) returning notice_id
        )
        insert into staff_deliveries (notice_id, channel, last_error)
        select notice_id, 'email', %(error)s from notice""",
        {"body": BODY, "at": now, "error": ERROR},
    )
    token = "insert into channel_tokens (connection_id, refresh_token, rotated_at) values ('kakao', 'token', %s)"
    connection.execute(token, (now,))
    label = "insert into labels (transaction_id, is_fraud, source, known_at) values ('T01', true, 'bank', %s)"
    connection.execute(label, (now,))
    connection.execute(
        """insert into validation_results (batch_id, subject, is_success, evaluated, unsuccessful, result)
        values (1, 'batch', false, 13, 1, jsonb_build_object('unexpected', %s::text))""",
        (CARD,),
    )


def _monitors(connection: psycopg.Connection, now: datetime) -> None:
    """Add two windows of what the monitors saw of the champion: the last one has drifted and lacks a member."""
    for kind, name, reference in (
        ("vote", "unanimous", '{"fraud": 10, "share": 0.01}'),
        ("vote", "xgboost", '{"fraud": 20, "share": 0.02}'),
        ("score", "xgboost", '{"edges": [0.5], "counts": [900, 100], "missing": 0}'),
    ):
        values = (kind, name, reference)
        connection.execute("insert into panel_references values (1, %s, %s, 1000, %s)", values)
    for minutes, missing in ((30, 0), (15, 5)):
        window = (now - timedelta(minutes=minutes), now - timedelta(minutes=minutes - 15))
        _votes(connection, window, missing)
        _drift(connection, window)
        for measured in MEASURES:
            connection.execute("insert into data_measures values (%s, %s, %s, %s, %s, %s)", (*measured, *window))
    _performance(connection, now.replace(hour=0, minute=0, second=0, microsecond=0))
    _alarms(connection, now)


def _votes(connection: psycopg.Connection, window: tuple[datetime, datetime], missing: int) -> None:
    votes = "insert into panel_votes values (1, false, %s, %s, 100, 2, 5, 4, %s)"
    connection.execute(votes, (*window, missing))
    for member in MEMBERS:
        connection.execute(
            "insert into member_votes values (1, %s, false, %s, %s, 100, 6, %s, 0.01, 0.99, 0.1, 0.05, 0.6, 0.9)",
            (member, *window, missing if member == "xgboost" else 0),
        )
    agreement = "insert into member_agreements values (1, 'random_forest', 'xgboost', false, %s, %s, 100, 97, 3)"
    connection.execute(agreement, window)


def _drift(connection: psycopg.Connection, window: tuple[datetime, datetime]) -> None:
    for kind, name, psi in (("feature", "amount", 0.05), ("feature", "hour", 0.9), ("score", "xgboost", 0.3)):
        connection.execute(
            """insert into drift_measures (panel_id, kind, name, state, measured_from, measured_until, window_rows,
                psi, missing_share, reference_missing_share, is_calendar)
            values (1, %s, %s, 'measured', %s, %s, 1000, %s, 0.01, 0, %s)""",
            (kind, name, *window, psi, name == "hour"),
        )


def _performance(connection: psycopg.Connection, day: datetime) -> None:
    for delay, hits, frauds, amount in ((0, None, None, None), (7, 8, 12, 1000)):
        connection.execute(
            """insert into performance_measures (panel_id, measured_from, measured_until, delay_days, scored_rows,
                active_customers, messages, hits, frauds, amount_caught, amount_missed, estimated_hits,
                estimated_frauds)
            values (1, %s, %s, %s, 10000, 2000, 10, %s, %s, %s, %s, 7.5, 11.5)""",
            (day - timedelta(days=1), day, delay, hits, frauds, amount, amount),
        )


def _alarms(connection: psycopg.Connection, now: datetime) -> None:
    for kind, subject, closed in (("member_missing", "xgboost", None), ("score_drift", "xgboost", now)):
        connection.execute(
            """insert into monitor_alarms (kind, part, subject, panel_id, opened_at, last_seen_at, closed_at,
                sentence_ko, sentence_en, link)
            values (%s, %s, %s, 1, %s, %s, %s, '문장.', 'A sentence.', '/d/jikimi-panel')""",
            (kind, "vote" if closed is None else "drift", subject, now - timedelta(minutes=15), now, closed),
        )
    connection.execute(
        "insert into training_requests (panel_id, run_id, sentence, requested_at) values (1, 'run', 'PSI 0.3.', %s)",
        (now,),
    )


def _backfill(connection: psycopg.Connection, now: datetime) -> None:
    """Add what the challenger says of one past transaction."""
    connection.execute(
        """insert into backfill_parts (panel_id, run_id, rows_from, rows_until, row_count, reading_seconds,
            features_seconds, scoring_seconds, writing_seconds)
        values (%s, 'run', %s, %s, 1, 1, 1, 1, 1)""",
        (CHALLENGER, now - timedelta(days=2001), now),
    )
    connection.execute(
        """insert into backfill_scores (panel_id, occurred_at, transaction_id, part_id, votes, voters, members,
            panel_score, scores)
        select %s, occurred_at, transaction_id, 1, 3, 3, 3, 0.9, '{0.9,0.9,0.9}' from transactions
        where transaction_id = 'T01'""",
        (CHALLENGER,),
    )
