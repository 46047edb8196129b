-- The database went away while a try was written down: perhaps it stands there, but nothing has left.
-- Where another sender took the alert over meanwhile it may be sending just that: then the try is no longer ours.
with own as (
    update alerts a set state = 'pending', claimed_at = null, due_at = clock_timestamp(), wait_reason = 'retry'
    from json_to_recordset(%(alerts)s::json) as c (alert_id bigint, claims integer)
    where a.alert_id = c.alert_id and a.state = 'sending' and a.claims = c.claims
    returning a.alert_id
)
update alert_attempts t set finished_at = clock_timestamp(), outcome = 'unavailable',
    detail = 'the database went away before the request left'
from own
where t.alert_id = own.alert_id and t.call_id = %(call_id)s and t.finished_at is null
