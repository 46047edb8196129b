-- What landed live in an hour and how much of it was refused, and what landed in the same hour of the past four weeks;
-- weeks before the first live batch are no weeks without rows.
with weeks as (
    select n, coalesce(sum(b.landed_count), 0) as landed, coalesce(sum(b.quarantined_count), 0) as refused
    from generate_series(0, 4) n
    left join batches b on b.source = 'live'
        and b.claimed_at >= %(since)s::timestamptz - n * interval '7 days'
        and b.claimed_at < %(until)s::timestamptz - n * interval '7 days'
    where n = 0 or %(since)s::timestamptz - n * interval '7 days' >= (
        select claimed_at from batches where source = 'live' order by claimed_at limit 1)
    group by n
)
select max(landed) filter (where n = 0)::bigint as landed, max(refused) filter (where n = 0)::bigint as refused,
    percentile_cont(0.5) within group (order by landed::float8) filter (where n > 0) as expected
from weeks
