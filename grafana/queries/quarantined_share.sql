-- Of the rows that landed in that hour.
select measured_until as time, max(value) as quarantined_share
from reporting.data_measures
where $__timeFilter(measured_until) and measure = 'quarantined_share'
group by measured_until order by measured_until
