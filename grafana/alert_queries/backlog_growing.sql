-- What came on top within the window, as the monitor saw it every five minutes; no measure is 0.
select coalesce((array_agg(value order by measured_until desc))[1] - (array_agg(value order by measured_until))[1], 0)
    as rows
from reporting.data_measures where measure = 'backlog_rows' and $__timeFilter(measured_until)
