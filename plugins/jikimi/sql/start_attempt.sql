-- Committed before the request leaves: whoever finds it open later knows that the message may have been delivered.
-- A drain that was so slow that another one took its alert over gets no row, and must not send.
with own as (
    update alerts set claimed_at = clock_timestamp()
    where alert_id = %(alert_id)s and state = 'sending' and attempts = %(attempts)s
    returning alert_id
)
insert into alert_attempts (alert_id, channel, started_at)
select alert_id, %(channel)s, clock_timestamp() from own
returning attempt_id
