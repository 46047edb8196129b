-- Committed before the request leaves: whoever finds a try open later knows that the message may have been delivered.
-- The try begins with its transaction, so that it stands on the day on which it was counted.
with own as (
    update alerts set claimed_at = clock_timestamp(), attempts = attempts + 1, channel = %(channel)s
    where alert_id = any(%(alert_ids)s)
    returning alert_id
)
insert into alert_attempts (alert_id, channel, connection_id, call_id, started_at, repeatable_until)
select alert_id, %(channel)s, %(connection_id)s, %(call_id)s, now(),
    case when %(repeatable_seconds)s > 0 then now() + make_interval(secs => %(repeatable_seconds)s) end
from own
returning alert_id, attempt_id
