-- Categories that the training never saw; only features that have categories.
select measured_until as time, name || ' #' || panel_id as name, unseen_share as value
from reporting.drift_measures
where $__timeFilter(measured_until) and panel_id in (${panel:sqlstring}) and kind = 'feature' and unseen_share is not null
order by measured_until, name
