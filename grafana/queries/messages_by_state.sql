-- From the list of states, so that each has its bar.
with counted as (
    select state, count(*) as alerts from reporting.alerts
    where $__timeFilter(created_at) and coalesce(channel, 'none') in (${channel:sqlstring})
        and category in (${category:sqlstring})
    group by state
)
select s.state, coalesce(c.alerts, 0) as alerts
from reporting.alert_states s left join counted c using (state) order by s.position
