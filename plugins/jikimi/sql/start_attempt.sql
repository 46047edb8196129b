-- Committed before the request leaves: whoever finds it open later knows that the message may have been delivered.
insert into alert_attempts (alert_id, channel, started_at) values (%(alert_id)s, %(channel)s, clock_timestamp())
returning attempt_id
