-- Without a message there is no latency: a gap, because zero would look like the best of all days.
with @axis@, taken as (
    select date_bin(width, accepted_at, 'epoch') as time,
        percentile_cont(array[0.5, 0.95]) within group (order by landed_to_accepted_seconds) as seconds
    from reporting.alerts cross join step where $__timeFilter(accepted_at) group by 1
)
select axis.time, taken.seconds[1] as p50, taken.seconds[2] as p95
from axis left join taken using (time) order by axis.time
