-- From the list of steps, so that each has its row.
with taken as (
    select count(b.claimed_at - b.first_landed_at) as waits, count(b.validated_at - b.claimed_at) as judgements,
        count(b.scored_at - b.validated_at) as scorings,
        percentile_cont(array[0.5, 0.95, 1]) within group (order by date_part('epoch', b.claimed_at - b.first_landed_at)) as wait,
        percentile_cont(array[0.5, 0.95, 1]) within group (order by date_part('epoch', b.validated_at - b.claimed_at)) as judge,
        percentile_cont(array[0.5, 0.95, 1]) within group (order by date_part('epoch', b.scored_at - b.validated_at)) as score
    from reporting.batches b
    where $__timeFilter(b.scored_at) and source in (${source:sqlstring})
)
select s.step, s.batches, s.seconds[1] as p50_seconds, s.seconds[2] as p95_seconds, s.seconds[3] as longest_seconds
from taken cross join lateral (values
    (1, 'landed to claimed', waits, wait), (2, 'claimed to validated', judgements, judge),
    (3, 'validated to scored', scorings, score)
) s (position, step, batches, seconds)
order by s.position
