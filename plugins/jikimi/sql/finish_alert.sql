-- The state that the answer leads to; only the drain that claimed the alert may say so.
update alerts
set state = %(state)s, channel = coalesce(%(channel)s, channel), last_error = %(error)s,
    due_at = coalesce(%(due_at)s, due_at), claimed_at = null,
    accepted_at = case when %(state)s in ('delivered', 'accepted') then clock_timestamp() end,
    finished_at = case when %(state)s in ('delivered', 'failed') then clock_timestamp() end
where alert_id = %(alert_id)s and state = 'sending' and attempts = %(attempts)s
