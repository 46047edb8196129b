-- From landing to acceptance, of the messages that were accepted in the last 15 minutes.
select
    percentile_cont(0.5) within group (order by extract(epoch from a.accepted_at - t.landed_at)) as latency_p50_seconds,
    percentile_cont(0.95) within group (order by extract(epoch from a.accepted_at - t.landed_at)) as latency_p95_seconds
from alerts a join transactions t using (transaction_id, occurred_at)
where a.accepted_at > statement_timestamp() - interval '15 minutes'
