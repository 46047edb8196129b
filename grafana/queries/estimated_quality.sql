-- From the calibrated scores, before any label is known; beside it what the training was judged by.
select day_until as time, avg(estimated_precision) as estimated_precision_share,
    avg(estimated_recall) as estimated_recall_share, avg(judged_precision) as judged_precision_share,
    avg(judged_recall) as judged_recall_share
from reporting.performance
where $__timeFilter(day_until)
    and panel_id in (${panel:sqlstring}) and delay_days = 0 group by day_until order by day_until
