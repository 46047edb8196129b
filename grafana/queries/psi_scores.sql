-- Null where a window had too few rows: a gap.
select measured_until as time, name || ' #' || panel_id as name, psi as value
from reporting.drift_measures
where $__timeFilter(measured_until) and panel_id in (${panel:sqlstring}) and kind = 'score'
order by measured_until, name
