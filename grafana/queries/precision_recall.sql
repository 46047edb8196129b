-- One line for each delay: labels that come late make the early figures look too good or too bad.
select day_until as time, '#' || panel_id || ', ' || delay_days || ' d' as delay, precision as precision_share, recall as recall_share
from reporting.performance
where $__timeFilter(day_until)
    and panel_id in (${panel:sqlstring}) and delay_days > 0 order by day_until, panel_id, delay_days
