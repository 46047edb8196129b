-- As the monitor saw it every few minutes; zero is drawn, a gap is a monitor that stood still.
select measured_until as time, max(value) as waiting_rows
from reporting.data_measures
where $__timeFilter(measured_until) and measure = 'backlog_rows'
group by measured_until order by measured_until
