-- Per clock hour; a row counts once for each of its reasons.
select measured_until as time, subject as reason, value as rows
from reporting.data_measures
where $__timeFilter(measured_until) and measure = 'quarantined_rows' and subject <> ''
order by measured_until, subject
