"""Half a year of rows, large enough that the server tells an index from a whole table."""

from datetime import UTC, datetime

MONTHS = ("2026_01", "2026_02", "2026_03", "2026_04", "2026_05", "2026_06")
# The newest batch: a stretch of June.
BATCH, BATCH_FROM, BATCH_UNTIL = 1_600, datetime(2026, 6, 30, 10, tzinfo=UTC), datetime(2026, 6, 30, 14, tzinfo=UTC)
ROWS = """
insert into panels (state, messages_per_10k, mlflow_run_id, trained_from, trained_until, judged_from, judged_until,
        promoted_at)
    values ('champion', 50, 'run', now(), now(), now(), now(), now());
insert into panel_members select 1, member, member, 1, 0.5 from unnest(array['one', 'two']) member;
insert into batches (source, state, landed_count, valid_count, claimed_at, first_landed_at, validated_at, scored_at,
        first_occurred_at, last_occurred_at)
    select 'live', case when n = 1600 then 'validated' else 'scored' end, 15, 15, at, at, at,
        case when n < 1600 then at end, at, at + interval '1 hour'
    from generate_series(1, 1600) n,
        lateral (select timestamptz '2026-01-01 00:00Z' + n * interval '162 minutes 30 seconds' as at) t;
insert into customers (customer_id, name) select 'c' || n, '홍길동' from generate_series(1, 8000) n;
insert into customer_channels (customer_id, channel, position, address, consented_at)
    select 'c' || n, 'alimtalk', 1, '01012345678', now() from generate_series(1, 8000) n;
insert into transactions (transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id, merchant_id, amount,
        currency)
    select 't' || n, 1 + n / 15, n, at, at, 'c' || (1 + n % 8000), 'm' || (n % 500), 10, 'KRW'
    from generate_series(0, 23999) n,
        lateral (select timestamptz '2026-01-01 00:00Z' + n * interval '650 seconds' as at) t;
update batches b set first_occurred_at = t.first, last_occurred_at = t.last
    from (select batch_id, min(occurred_at) as first, max(occurred_at) as last from transactions group by 1) t
    where t.batch_id = b.batch_id;
insert into verdicts (transaction_id, occurred_at, panel_id, batch_id, votes, voters, members, panel_score, scored_at)
    select transaction_id, occurred_at, 1, batch_id, case when landed_id % 40 = 0 then 2 else 0 end, 2, 2, 0.1,
        landed_at
    from transactions;
insert into merchant_counts (merchant_id, begins_at, rows_until)
    select merchant_id, date_trunc('day', occurred_at, 'UTC'),
        -- No merchant has two rows in a day.
        array(select (date_part('hour', at) < hour)::integer from generate_series(1, 24) hour)
    from transactions, lateral (select occurred_at at time zone 'UTC' as at) utc;
insert into labels (transaction_id, is_fraud, source, known_at)
    select transaction_id, landed_id % 20 = 0, 'bank', occurred_at + interval '7 days' from transactions;
insert into called_frauds
    select merchant_id, occurred_at, transaction_id, amount from transactions where landed_id % 20 = 0;
insert into alerts (transaction_id, occurred_at, panel_id, customer_id, reference, state, accepted_at, finished_at,
        due_at, last_error)
    select transaction_id, occurred_at, 1, customer_id, transaction_id,
        case when landed_id < 23600 then 'delivered' when landed_id % 2 = 0 then 'deferred' else 'pending' end,
        landed_at, landed_at, landed_at, repeat('as long as a dealer''s answer; ', 15)
    from transactions where landed_id % 3 > 0;
insert into alert_attempts (alert_id, channel, started_at, finished_at, outcome, dealer_id)
    select alert_id, 'alimtalk', accepted_at, accepted_at, 'delivered', reference from alerts;
update alert_attempts set finished_at = null, outcome = null where attempt_id = 15990;
update alerts set state = 'sending', claimed_at = now() - interval '1 hour', claims = 1 where alert_id = 15990;
insert into landed_transactions (landed_at, batch_id, transaction_id)
    select landed_at, batch_id, transaction_id from transactions;
update landed_transactions set batch_id = null where landed_id > 23900;
select ensure_landed_months(0);
insert into quarantined_transactions (landed_id, batch_id, reasons, landed_row)
    select n, 1 + n / 15, '{amount}', '{}' from generate_series(1, 8000) n;
insert into delivery_reports (dealer, event_id, dealer_id, outcome, applied_at)
    select 'nhn', 'e' || n, 't' || n, 'delivered', case when n < 7990 then now() end from generate_series(1, 8000) n;
insert into channel_quotas select 'alimtalk_default', date '2026-01-01' + n % 180, 'receiver:' || n, 1, 5
    from generate_series(1, 8000) n;
"""
