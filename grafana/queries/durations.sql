-- Nothing scored has no duration: a gap, because zero would look like the best of all days.
with @axis@, taken as (
    select date_bin(width, scored_at, 'epoch') as time,
        percentile_cont(array[0.5, 0.95]) within group (order by date_part('epoch', claimed_at - first_landed_at)) as wait,
        percentile_cont(array[0.5, 0.95]) within group (order by date_part('epoch', validated_at - claimed_at)) as judge,
        percentile_cont(array[0.5, 0.95]) within group (order by date_part('epoch', scored_at - validated_at)) as score
    from reporting.batches cross join step
    where $__timeFilter(scored_at) and source in (${source:sqlstring}) group by 1
)
select axis.time, wait[1] as waiting_p50, wait[2] as waiting_p95, judge[1] as validating_p50, judge[2] as validating_p95,
    score[1] as scoring_p50, score[2] as scoring_p95
from axis left join taken using (time) order by axis.time
