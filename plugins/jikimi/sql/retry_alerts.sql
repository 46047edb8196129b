-- Alerts start over on the whole route. A sender or another person at the same moment wins or loses whole: the state
-- is looked at again once the row is ours.
with changed as (
    update alerts
    set state = 'pending', attempts = 0, struck_channels = '{}', due_at = clock_timestamp(), wait_reason = 'operator',
        accepted_at = null, finished_at = null, staff_told_at = null
    where alert_id = any(%(alert_ids)s) and state = any(%(states)s)
    returning alert_id, old.state as state_before
)
insert into alert_decisions (alert_id, decision, state_before, reason, decided_by)
select alert_id, 'retried', state_before, %(reason)s, %(decided_by)s from changed
returning alert_id
