-- A drain that died leaves alerts in `sending`. Without an open attempt nothing was sent: they are due again.
-- With one the answer is lost and the message may have arrived: only a person or a report may say.
with stuck as (
    select a.alert_id, exists (
        select from alert_attempts t where t.alert_id = a.alert_id and t.finished_at is null) as was_sent
    from alerts a
    where a.state = 'sending' and a.claimed_at < clock_timestamp() - make_interval(secs => %(patience)s)
    for update of a skip locked
), closed as (
    update alert_attempts set finished_at = clock_timestamp(), outcome = 'unknown', detail = 'the sender stopped'
    where finished_at is null and alert_id in (select alert_id from stuck)
)
update alerts a
set state = case when s.was_sent then 'unknown' else 'pending' end, claimed_at = null, due_at = clock_timestamp(),
    last_error = case when s.was_sent then 'the sender stopped before it heard an answer' end
from stuck s
where a.alert_id = s.alert_id
returning a.alert_id, a.state
