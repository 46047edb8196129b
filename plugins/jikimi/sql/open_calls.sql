-- The calls that recovered alerts were part of.
select t.alert_id, t.attempt_id, t.call_id, t.channel, t.connection_id,
    extract(epoch from t.repeatable_until - t.started_at)::double precision as repeatable_seconds
from alert_attempts t
where t.alert_id = any(%(alert_ids)s) and t.finished_at is null
order by t.call_id, t.attempt_id
