-- A message that was not taken used nothing up.
update channel_quotas q set used = greatest(0, q.used - refunded.number)
from (
    select subject, count(*)::integer as number from json_to_recordset(%(quotas)s::json) as r (subject text)
    group by subject
) refunded
where q.connection_id = %(connection_id)s and q.subject = refunded.subject
    and q.day = (now() at time zone 'Asia/Seoul')::date
