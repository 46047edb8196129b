-- A message that was not taken used nothing up on the day on which it was counted.
with refunded as (
    select subject, count(*)::integer as number from json_to_recordset(%(quotas)s::json) as r (subject text)
    group by subject
), held as (
    select q.connection_id, q.day, q.subject, refunded.number
    from channel_quotas q join refunded using (subject)
    where q.connection_id = %(connection_id)s and q.day = (
        select (t.started_at at time zone 'Asia/Seoul')::date from alert_attempts t where t.attempt_id = %(attempt_id)s)
    order by q.subject
    for update of q
)
update channel_quotas q set used = greatest(0, q.used - held.number)
from held
where (q.connection_id, q.day, q.subject) = (held.connection_id, held.day, held.subject)
