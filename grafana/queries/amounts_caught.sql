-- Missed is fraud of which no customer was told.
select day_until as time, '#' || panel_id || ', ' || delay_days || ' d' as delay, amount_caught::double precision as amount_caught,
    amount_missed::double precision as amount_missed
from reporting.performance
where $__timeFilter(day_until)
    and panel_id in (${panel:sqlstring}) and delay_days > 0 order by day_until, panel_id, delay_days
