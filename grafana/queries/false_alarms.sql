-- Customers who were told of a purchase that was their own.
select day_until as time, '#' || panel_id || ', ' || delay_days || ' d' as delay, false_alarms_per_10k as alarms
from reporting.performance
where $__timeFilter(day_until)
    and panel_id in (${panel:sqlstring}) and delay_days > 0 order by day_until, panel_id, delay_days
