-- Committed before the request leaves: whoever finds a try open later knows that the message may have been delivered.
-- A sender that was so slow that another one took its alert over gets no row for it, and must not send it.
with own as (
    update alerts a set claimed_at = now(), attempts = a.attempts + 1, channel = %(channel)s
    from json_to_recordset(%(alerts)s::json) as c (alert_id bigint, claims integer)
    where a.alert_id = c.alert_id and a.state = 'sending' and a.claims = c.claims
    returning a.alert_id
)
insert into alert_attempts (alert_id, channel, connection_id, call_id, started_at, repeatable_until)
select alert_id, %(channel)s, %(connection_id)s, %(call_id)s, now(),
    case when %(repeatable_seconds)s > 0 then now() + make_interval(secs => %(repeatable_seconds)s) end
from own
returning alert_id, attempt_id
