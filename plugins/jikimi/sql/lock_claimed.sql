-- The alerts that are still this sender's own: one that was so slow that another took an alert over must not send it.
-- Before anything is counted, so that begin and finish lock alike: first alerts, then counts, each in its order.
select a.alert_id
from alerts a join json_to_recordset(%(alerts)s::json) as c (alert_id bigint, claims integer) using (alert_id)
where a.state = 'sending' and a.claims = c.claims
order by a.alert_id
for no key update of a
