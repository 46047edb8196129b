-- Null without a message: the panel says so in words.
select percentile_cont(0.95) within group (order by landed_to_accepted_seconds) as seconds
from reporting.alerts
where $__timeFilter(accepted_at) and coalesce(channel, 'none') in (${channel:sqlstring})
    and category in (${category:sqlstring})
