-- Every try to send an alert, in their order.
select attempt_id, channel, connection_id, started_at, finished_at, outcome, code, detail, dealer_id, call_id, reported_at
from alert_attempts
where alert_id = %(alert_id)s
order by attempt_id
