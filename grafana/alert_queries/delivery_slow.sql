-- From landed to taken by the channel; no message is 0, because nobody waited.
select coalesce(percentile_cont(0.95) within group (order by landed_to_accepted_seconds), 0) as seconds
from reporting.alerts where $__timeFilter(accepted_at)
