-- What waits is not sent. Alerts that its message would have told of are not lost with it: they wait for their own.
with changed as (
    update alerts
    set state = 'cancelled', wait_reason = null, last_error = %(sentence)s, folded_count = 0,
        finished_at = clock_timestamp()
    where alert_id = any(%(alert_ids)s) and state = any(%(states)s)
    returning alert_id, old.state as state_before
), freed as (
    update alerts a
    set state = 'pending', folded_into = null, wait_reason = null, due_at = clock_timestamp(), finished_at = null
    from changed c
    where a.folded_into = c.alert_id
    returning a.alert_id, old.state as state_before, c.alert_id as cancelled_id
), decided as (
    insert into alert_decisions (alert_id, decision, state_before, reason, decided_by)
    select alert_id, 'cancelled', state_before, %(reason)s, %(decided_by)s from changed
    union all
    select alert_id, 'retried', state_before,
        format('alert %%s, whose message told of it, was cancelled: %%s', cancelled_id, %(reason)s::text), %(decided_by)s
    from freed
)
select alert_id, null::bigint as freed_by from changed union all select alert_id, cancelled_id from freed
