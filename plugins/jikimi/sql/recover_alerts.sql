-- A sender that died leaves alerts in `sending`. Without an open try nothing was sent: they are due again.
-- With one the answer is lost and the message may have arrived: only a person or a report may say.
-- Where the dealer knows the call's id, the call is claimed anew, to be sent once more under the same id.
with stuck as (
    select a.alert_id, t.attempt_id, t.repeatable_until > clock_timestamp() as is_repeatable
    from alerts a left join alert_attempts t on t.alert_id = a.alert_id and t.finished_at is null
    where a.alert_id = any(%(alert_ids)s)
), closed as (
    update alert_attempts set finished_at = clock_timestamp(), outcome = 'unknown', detail = 'the sender stopped'
    where attempt_id in (select attempt_id from stuck where not coalesce(is_repeatable, false))
)
update alerts a
set state = case when s.is_repeatable then 'sending' when s.attempt_id is not null then 'unknown' else 'pending' end,
    claims = a.claims + case when s.is_repeatable then 1 else 0 end,
    claimed_at = case when s.is_repeatable then clock_timestamp() end,
    due_at = clock_timestamp(),
    wait_reason = case when s.attempt_id is null then 'retry' end,
    last_error = case when s.attempt_id is not null then 'the sender stopped before it heard an answer' end
from stuck s
where a.alert_id = s.alert_id
returning a.alert_id, a.state
