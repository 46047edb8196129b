-- A person knows that the message arrived. It was taken when it was sent, not when somebody looked.
with changed as (
    update alerts a
    set state = 'delivered', wait_reason = null, last_error = null, finished_at = clock_timestamp(),
        accepted_at = coalesce(a.accepted_at, (
            select max(t.started_at) from alert_attempts t where t.alert_id = a.alert_id), clock_timestamp())
    where a.alert_id = any(%(alert_ids)s) and a.state = any(%(states)s)
    returning a.alert_id, old.state as state_before
)
insert into alert_decisions (alert_id, decision, state_before, reason, decided_by)
select alert_id, 'resolved_delivered', state_before, %(reason)s, %(decided_by)s from changed
returning alert_id
