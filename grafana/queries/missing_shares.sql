-- A feature that is suddenly missing is a producer that changed.
select measured_until as time, name || ' #' || panel_id as name, missing_share as value
from reporting.drift_measures
where $__timeFilter(measured_until) and panel_id in (${panel:sqlstring}) and kind <> 'panel'
order by measured_until, name
