-- Which code a channel answers with says whose mistake it was.
select channel, coalesce(outcome, 'open') as outcome, code, count(*) as attempts,
    percentile_cont(0.95) within group (order by seconds) as p95_seconds
from reporting.alert_attempts
where $__timeFilter(started_at) and coalesce(channel, 'none') in (${channel:sqlstring})
group by 1, 2, 3 order by attempts desc limit 50
