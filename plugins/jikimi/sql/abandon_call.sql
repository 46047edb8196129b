-- The database went away while a try was written down: perhaps it stands there, but nothing has left.
with closed as (
    update alert_attempts set finished_at = clock_timestamp(), outcome = 'unavailable',
        detail = 'the database went away before the request left'
    where call_id = %(call_id)s and finished_at is null
    returning alert_id
)
update alerts a set state = 'pending', claimed_at = null, due_at = clock_timestamp(), wait_reason = 'retry'
from closed
where a.alert_id = closed.alert_id and a.state = 'sending'
