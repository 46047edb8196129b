-- As the monitor saw it; a saw-tooth is quiet, a ramp is broken.
select measured_until as time,
    max(value) filter (where measure = 'seconds_since_landed') as landed_seconds,
    max(value) filter (where measure = 'seconds_since_scored') as scored_seconds
from reporting.data_measures
where $__timeFilter(measured_until) and measure in ('seconds_since_landed', 'seconds_since_scored')
group by measured_until order by measured_until
