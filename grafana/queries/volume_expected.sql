-- Expected is the median of the same hour of the past four weeks; null before there are any.
select measured_until as time, max(value) as landed_rows, max(expected) as expected_rows
from reporting.data_measures
where $__timeFilter(measured_until) and measure = 'landed_rows'
group by measured_until order by measured_until
