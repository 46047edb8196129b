-- As it is now, whatever the time range; the oldest first, because a person goes through them.
select alert_id, customer, channel, connection_id, code, attempts, sent_at, waiting_seconds
from reporting.unknown_alerts order by waiting_seconds desc limit 50
