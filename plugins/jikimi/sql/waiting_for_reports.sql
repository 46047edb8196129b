-- Tries whose dealer has not said how they ended: each minute in the first hour, then each quarter of an hour, for as
-- long as dealers remember.
select a.reference, t.dealer_id, t.started_at
from (select * from alerts where state = 'accepted' union all select * from alerts where state = 'unknown') a
join lateral (
    select * from alert_attempts t where t.alert_id = a.alert_id order by t.attempt_id desc limit 1
) t on true
where t.channel = 'alimtalk'
    and t.started_at < clock_timestamp() - interval '5 seconds'
    and t.started_at > clock_timestamp() - interval '30 days'
    and (t.started_at > clock_timestamp() - interval '1 hour'
        or mod(extract(minute from clock_timestamp())::integer, 15) = 0)
order by t.attempt_id
