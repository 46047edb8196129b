-- What follows the calendar is in the table only.
select measured_until as time, name || ' #' || panel_id as name, psi as value
from reporting.drift_measures
where $__timeFilter(measured_until) and panel_id in (${panel:sqlstring}) and kind = 'feature' and not is_calendar
order by measured_until, name
