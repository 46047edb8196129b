-- From the list of steps, so that each has its row.
with taken as (
    select s.step, s.seconds from reporting.batches b cross join lateral (values
        ('landed to claimed', extract(epoch from b.claimed_at - b.first_landed_at)::double precision),
        ('claimed to validated', extract(epoch from b.validated_at - b.claimed_at)::double precision),
        ('validated to scored', extract(epoch from b.scored_at - b.validated_at)::double precision)
    ) s (step, seconds)
    where $__timeFilter(b.scored_at) and source in (${source:sqlstring})
), steps (position, step) as (
    values (1, 'landed to claimed'), (2, 'claimed to validated'), (3, 'validated to scored')
)
select steps.step, count(taken.seconds) as batches,
    percentile_cont(0.5) within group (order by taken.seconds) as p50_seconds,
    percentile_cont(0.95) within group (order by taken.seconds) as p95_seconds, max(taken.seconds) as longest_seconds
from steps left join taken using (step) group by steps.step, steps.position order by steps.position
