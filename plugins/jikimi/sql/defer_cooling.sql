-- Who was told a moment ago is not told again yet. What was tried before, or what a person asked for, does not wait.
with told as (
    select a.alert_id, (
        select max(coalesce(l.accepted_at, l.due_at)) from alerts l
        where l.customer_id = a.customer_id and l.state in ('delivered', 'accepted', 'unknown')
    ) + make_interval(secs => %(cool_down)s) as until
    from alerts a
    where a.alert_id = any(%(alert_ids)s) and a.attempts = 0 and a.wait_reason is distinct from 'operator'
)
update alerts a set state = 'deferred', due_at = told.until, wait_reason = 'cool_down'
from told
where a.alert_id = told.alert_id and told.until > clock_timestamp()
returning a.alert_id
