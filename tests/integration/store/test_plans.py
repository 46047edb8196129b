"""A hot query reads by an index, and of the tables of months only those that it needs, however much was ever stored."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.rows import dict_row

from jikimi.store.connection import _SQL, query
from tests.conftest import empty
from tests.integration.store.plan_tables import BATCH, BATCH_FROM, BATCH_UNTIL, MONTHS, ROWS

PARTITIONED = (
    "transactions", "verdicts", "predictions", "landed_transactions", "merchant_counts", "called_frauds",
    "scored_counts",
)  # fmt: skip
LARGE = {
    *PARTITIONED, "transaction_keys", "batches", "labels", "alerts", "alert_attempts", "customers", "customer_channels",
    "quarantined_transactions", "delivery_reports", "channel_quotas",
}  # fmt: skip
ALL, MAY_JUNE, JUNE, NONE = set(MONTHS), {"2026_05", "2026_06"}, {"2026_06"}, set()
CLAIMED = {"alerts": json.dumps([{"alert_id": 15990, "claims": 1}])}
ALERTS = {"alert_ids": [15980, 15981]}
QUOTAS = {"connection_id": "alimtalk_default", "quotas": json.dumps([{"subject": "receiver:7", "most": 9}])}
# When the merchant m7 sold: in May and in June.
BOUGHT = [datetime(2026, 1, 1, tzinfo=UTC) + number * timedelta(seconds=650) for number in (19_507, 23_507)]
IDS = [f"t{number}" for number in range(23_800, 24_200)]
MERCHANTS = {
    "merchants": ["m7", "m8"],
    "merchants_from": BATCH_FROM - timedelta(days=37),
    "merchants_until": BATCH_UNTIL - timedelta(days=7),
}
_FATE = {"alert_id": 15990, "claims": 1, "state": "pending", "due_in": 1, "wait_reason": "retry"}
_END = _FATE | {"attempt_id": 15990, "outcome": "delivered", "state": "delivered"}

# name -> parameters, and the months of which it may read a row.
HOT = {
    "unclaimed_landed": ({}, ALL),
    "landed_waiting": ({"most": 400}, ALL),
    "last_claim": ({}, NONE),
    "claim_landed": ({"limit": 50}, ALL),
    "claim_rows": (
        {"batch_id": BATCH, "landed_ids": [23_990, 23_991], "first": BATCH_FROM, "last": BATCH_UNTIL},
        JUNE,
    ),
    "stored_rows": ({"transaction_ids": IDS}, JUNE),
    "keep_outcome": (
        {
            "batch_id": BATCH,
            "landed_count": 15,
            "valid_count": 15,
            "quarantined_count": 0,
            "repeated_count": 0,
            "held_reason": None,
            "first_occurred_at": BATCH_FROM,
            "last_occurred_at": BATCH_UNTIL,
        },
        NONE,
    ),
    "count_merchant_rows": ({"batch_id": BATCH}, JUNE),
    "lock_uncounted": ({"limit": 50}, NONE),
    "count_scored": ({"batch_ids": [BATCH - 1, BATCH]}, JUNE),
    "mark_counted": ({"batch_ids": [BATCH - 1, BATCH]}, NONE),
    "call_frauds_of_batch": ({"batch_id": BATCH}, JUNE),
    "call_frauds": ({"transaction_ids": IDS}, JUNE),
    "waiting_batches": ({"run_id": "run", "limit": 100}, NONE),
    "claim_validated": ({"batch_ids": None, "limit": 100}, NONE),
    "batch_targets": ({"batch_ids": [BATCH]}, JUNE),
    "window_history": (
        {"customers": ["c7", "c8"], "customers_from": BATCH_FROM - timedelta(days=30), "until": BATCH_UNTIL},
        MAY_JUNE,
    ),
    "called_frauds": (MERCHANTS, MAY_JUNE),
    "count_until": (
        {
            "merchants": ["m7"],
            "numbers": [1, 1],
            "instants": BOUGHT,
            "first": BOUGHT[0] - timedelta(days=1),
            "last": BOUGHT[1] + timedelta(days=1),
        },
        MAY_JUNE,
    ),
    "write_alerts": ({"panel_id": 1, "batch_ids": [BATCH]}, JUNE),
    "finish_scoring": ({"panel_id": 1, "batch_ids": [BATCH], "scored_at": BATCH_UNTIL}, JUNE),
    "scored_since": ({"since": BATCH_UNTIL}, NONE),
    "lock_due_alerts": ({"limit": 50}, NONE),
    "lock_customers": ({"customer_ids": ["c7", "nobody"]}, NONE),
    "lock_others": (ALERTS | {"limit": 100}, NONE),
    "lock_claimed": (CLAIMED, NONE),
    "claim_alerts": (ALERTS, NONE),
    "claimed_alerts": (ALERTS, JUNE),
    "defer_cooling": (ALERTS | {"cool_down": 60}, NONE),
    "fold_alerts": ({"others": json.dumps([{"alert_id": 15981, "folded_into": 15980}])}, NONE),
    "begin_call": (
        ALERTS | {"channel": "alimtalk", "connection_id": "a", "call_id": uuid.UUID(int=1), "repeatable_seconds": 0},
        NONE,
    ),
    "finish_call": ({"ends": json.dumps([_END])}, NONE),
    "abandon_call": (CLAIMED | {"call_id": uuid.UUID(int=1)}, NONE),
    "settle_alerts": ({"fates": json.dumps([_FATE])}, NONE),
    "open_calls": (ALERTS, NONE),
    "lock_stuck_alerts": ({"patience": 120}, NONE),
    "recover_alerts": ({"alert_ids": [15990]}, NONE),
    "count_quotas": (QUOTAS, NONE),
    "refund_quotas": (QUOTAS | {"attempt_id": 15990}, NONE),
    "use_up_quotas": (QUOTAS | {"attempt_id": 15990}, NONE),
    "keep_reports": (
        {"reports": json.dumps([{"dealer": "nhn", "event_id": "e", "dealer_id": "t5", "outcome": "delivered"}])},
        NONE,
    ),
    "lock_reports": ({"before_id": 30_000, "limit": 100}, NONE),
    "lock_reported_alerts": (ALERTS, NONE),
    "apply_reports": ({"named": json.dumps([{"report_id": 7_995, "alert_id": 15_981}]), "most_attempts": 12}, NONE),
    "mark_reports": ({"report_ids": [7_995]}, NONE),
    "waiting_for_reports": ({}, NONE),
    "expire_accepted": ({"hours": 24}, NONE),
    "waiting_troubles": ({"patience": 600, "references": 3}, NONE),
    "tell_troubles": ({"references": 3}, NONE),
    "unknown_alerts": ({"limit": 100}, ALL),
    "customer_route": ({"customer_id": "c7"}, NONE),
    "show_alert": ({"alert_id": 15_980}, JUNE),
    "status_backlog": ({}, ALL),
    "status_latency": ({}, NONE),
    "status_unknown": ({}, NONE),
}
COLD = {
    "asked of a small table: panels, tokens, notices, positions, slots, alarms, measures and parts of backfills": """
        begin_backfill_part challenge_panel channel_usage claim_notice close_alarm close_other_alarms
        drift_of_window due_notices finish_backfill_part finish_notice finish_position hour_of_data insert_panel
        insert_panel_decision insert_panel_measure insert_panel_member insert_panel_reference is_alert_due
        is_drift_measured is_performance_due is_read_to_the_end keep_alarm keep_champion_figures keep_data
        keep_drift keep_member_agreement keep_member_votes keep_panel_votes keep_performance keep_tokens last_notice
        lasting_drift list_panels lock_challenger lock_champion lock_kept_tokens lock_staff lock_tokens
        lock_training_requests measured_days member_measures move_position open_position panel_before
        panel_decisions panel_references panel_state panel_with_members promote_panel read_tokens
        recent_member_votes recent_panel_votes recent_performance reject_panel request_training reserve_slot
        retire_champion show_panel status_champion tell_alarms training_requested used_fingerprints write_notice""",
    "writes single new rows, or asks no table": """
        batch_settings ensure_landed_months ensure_months insert_labels insert_validation_result land_again
        lock_called_frauds lock_imports lock_recovery now one_snapshot open_batch open_history reserve_landed_ids
        wait_at_most""",
    "a person asks it, now and then, by a number or for a page": """
        cancel_alerts customers_without_contact decisions_of_alert first_accepted folded_alerts list_alerts
        list_held list_quarantined lock_quarantined mark_released matching_alerts named_alerts release_held
        reports_of_alert resolve_delivered resolve_failed retry_alerts show_customer show_quarantined status_alerts
        status_counts tries_of_alert unclaim_rows unfit_routes upsert_customers upsert_routes validation_results
        withdraw_consent""",
    "a training or a backfill reads all rows of its time, from end to end": """
        newest_transaction past_days past_labels past_transactions training_labels
        training_outline training_transactions""",
    "asked once an hour or less, of one hour or day": """
        backfill_progress data_now member_scores performance_clock performance_of_day refused_of_hour sample_batches
        score_bins unanimous_since vote_patterns""",
    "maintenance, once a night": """
        count_before delete_before drop_landed_month drop_month forget_transactions old_months""",
}  # fmt: skip


@pytest.fixture(scope="module")
def full(role_url):
    """A connection as the role `jikimi` to a database of half a year, with the statistics of it."""
    with psycopg.connect(role_url("postgres"), autocommit=True) as owner:
        empty(owner)
        owner.execute("select ensure_months(array(select generate_series(%s::timestamptz, %s, '1 month')))", _SPAN)
        owner.execute(ROWS)
        owner.execute("analyze")
    with psycopg.connect(role_url("jikimi"), autocommit=True, row_factory=dict_row) as connection:
        yield connection
    with psycopg.connect(role_url("postgres"), autocommit=True) as owner:
        for month in MONTHS:
            owner.execute(f"drop table landed_transactions_{month}")
        empty(owner)


_SPAN = ("2026-01-15", "2026-06-15")


def nodes(plan):
    """Go through a plan's nodes that were run."""
    if plan.get("Actual Loops", 1) > 0:
        yield plan
        for child in plan.get("Plans", ()):
            yield from nodes(child)


def table_and_month(relation):
    """Return a relation's table, and its month where it has one."""
    name, month = relation[:-8], relation[-7:]
    return (name, month) if name in PARTITIONED else (relation, None)


@pytest.mark.parametrize("name", HOT)
def test_a_hot_query_reads_by_an_index_and_in_its_months(full, name):
    parameters, expected = HOT[name]
    with full.transaction(force_rollback=True):
        row = full.execute(b"explain (analyze, format json) " + query(name), parameters).fetchone()
    read = [node for node in nodes(row["QUERY PLAN"][0]["Plan"]) if "Relation Name" in node]
    scanned = {
        node["Relation Name"]
        for node in read
        if node["Node Type"] == "Seq Scan" and table_and_month(node["Relation Name"])[0] in LARGE
    }
    assert not {relation for relation in scanned if _is_large(full, relation)}
    months = {table_and_month(node["Relation Name"])[1] for node in read} & set(MONTHS)
    assert months <= expected


def test_counting_looks_up_the_rows_of_the_hours_that_are_cut(full):
    parameters, months = HOT["count_until"]
    plan = full.execute(b"explain (analyze, format json) " + query("count_until"), parameters).fetchone()
    read = {
        table_and_month(node["Relation Name"])
        for node in nodes(plan["QUERY PLAN"][0]["Plan"])
        if "Relation Name" in node
    }
    assert read == {(table, month) for table in ("transactions", "merchant_counts") for month in months}


def test_every_query_is_hot_or_has_a_reason_not_to_be():
    cold = [name for names in COLD.values() for name in names.split()]
    assert sorted([*HOT, *cold]) == sorted(path.stem for path in _SQL.glob("*.sql"))


def _is_large(connection, relation):
    """Tell whether a table has more than a few pages: of one page no index is faster."""
    pages = connection.execute("select relpages from pg_class where oid = %s::regclass", [relation])
    return pages.fetchone()["relpages"] > 10
