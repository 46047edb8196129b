-- From the list of states, so that each has its bar.
select s.state, count(a.alert_id) as alerts
from reporting.alert_states s left join reporting.alerts a on a.state = s.state and $__timeFilter(a.created_at)
group by s.state, s.position order by s.position
