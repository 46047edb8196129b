-- Steps without a call are gaps; a call without an answer yet is called open.
select date_bin(make_interval(secs => $__interval_ms / 1000.0), started_at, 'epoch') as time,
    coalesce(outcome, 'open') as outcome, count(*) as attempts
from reporting.alert_attempts
where $__timeFilter(started_at) and coalesce(channel, 'none') in (${channel:sqlstring})
group by 1, 2 order by 1, 2
