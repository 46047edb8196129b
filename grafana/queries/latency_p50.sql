-- Null without a message: the panel says so in words.
select percentile_cont(0.5) within group (order by landed_to_accepted_seconds) as p50
from reporting.alerts where $__timeFilter(accepted_at)
