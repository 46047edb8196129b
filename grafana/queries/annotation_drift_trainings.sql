-- A training that nobody asked for has to be seen as one.
select requested_at as time, 'drift' as tags, 'Drift started a training. ' || sentence as text
from reporting.training_requests where $__timeFilter(requested_at) order by requested_at
