-- A person knows that the message did not arrive, so nobody has to be told of the failure.
with changed as (
    update alerts
    set state = 'failed', wait_reason = null, last_error = %(sentence)s, accepted_at = null, finished_at = now(),
        staff_told_at = now()
    where alert_id = any(%(alert_ids)s) and state = any(%(states)s)
    returning alert_id, old.state as state_before
)
insert into alert_decisions (alert_id, decision, state_before, reason, decided_by)
select alert_id, 'resolved_failed', state_before, %(reason)s, %(decided_by)s from changed
returning alert_id
