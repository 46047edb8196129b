-- Against what the training's held-out rows promised, and what the budget allows.
select day_until as time, sum(messages_per_10k)::double precision as messages_per_10k,
    max(expected_per_10k) as expected_per_10k, max(budget_per_10k)::double precision as budget_per_10k
from reporting.performance
where $__timeFilter(day_until)
    and panel_id in (${panel:sqlstring}) and delay_days = 0 group by day_until order by day_until
