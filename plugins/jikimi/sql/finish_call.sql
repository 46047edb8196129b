-- What the channel answered and what that leads to; only the sender that claimed an alert may say so, or one whose
-- answer came so late that the alert was given up as unknown. A person may have it sent again by then: the news that it
-- arrived spares the customer the second message as long as nobody has claimed it.
with ends as (
    select * from json_to_recordset(%(ends)s::json) as e (
        attempt_id bigint, alert_id bigint, claims integer, outcome text, code text, detail text, dealer_id text,
        state text, error text, due_in double precision, wait_reason text, strike text)
), own as (
    update alerts a
    set state = e.state, last_error = e.error, claimed_at = null, wait_reason = e.wait_reason,
        due_at = clock_timestamp() + make_interval(secs => e.due_in),
        struck_channels = a.struck_channels || case when e.strike is null then '{}' else array[e.strike] end,
        accepted_at = case when e.state in ('delivered', 'accepted') then clock_timestamp() end,
        finished_at = case when e.state in ('delivered', 'failed') then clock_timestamp() end
    from ends e
    where a.alert_id = e.alert_id and a.claims = e.claims
        and case a.state
            when 'sending' then true
            when 'unknown' then e.outcome <> 'unknown'
            when 'pending' then a.wait_reason = 'operator' and e.outcome in ('delivered', 'accepted')
            else false end
    returning a.alert_id
)
update alert_attempts t
set finished_at = clock_timestamp(), outcome = e.outcome, code = e.code, detail = e.detail, dealer_id = e.dealer_id
from ends e join own using (alert_id)
where t.attempt_id = e.attempt_id
returning t.attempt_id
