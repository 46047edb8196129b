-- Null without a message: the panel says so in words.
select percentile_cont(0.95) within group (order by landed_to_accepted_seconds) as p95
from reporting.alerts where $__timeFilter(accepted_at)
