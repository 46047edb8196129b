-- A report settles the newest try of its alert, while that waits for one; what came earlier or later changes nothing.
-- Of two reports in one go, the good news holds: a text message may have taken the place of an Alimtalk.
with settled as (
    select distinct on (a.alert_id) a.alert_id, t.attempt_id, r.outcome, r.code, r.detail,
        coalesce(r.reported_at, r.received_at) as reported_at, r.dealer_id,
        -- What the dealer never got may be sent again as it was; what it could not deliver goes another way.
        r.code is not distinct from 'absent' as was_never_taken,
        exists (
            select from customer_channels c
            where c.customer_id = a.customer_id and c.position is not null and c.consented_at is not null
                and c.channel <> t.channel and c.channel <> all (a.struck_channels)
        ) as is_other_left
    from delivery_reports r
    join json_to_recordset(%(named)s::json) as n (report_id bigint, alert_id bigint) using (report_id)
    join alerts a on a.alert_id = n.alert_id
    join lateral (
        select * from alert_attempts t where t.alert_id = a.alert_id order by t.attempt_id desc limit 1
    ) t on true
    where a.state in ('accepted', 'unknown') and t.channel = 'alimtalk'
        and (t.dealer_id is null or r.dealer_id is null or t.dealer_id = r.dealer_id)
    order by a.alert_id, r.outcome = 'delivered' desc, r.report_id
), judged as (
    select s.*, case
        when outcome = 'delivered' then 'delivered'
        when a.attempts < %(most_attempts)s and (was_never_taken or is_other_left) then 'pending'
        else 'failed' end as new_state
    from settled s join alerts a using (alert_id)
), tried as (
    update alert_attempts t
    set outcome = j.outcome, code = j.code, detail = nullif(j.detail, ''), reported_at = j.reported_at,
        dealer_id = coalesce(t.dealer_id, j.dealer_id)
    from judged j
    where t.attempt_id = j.attempt_id
)
update alerts a
set state = j.new_state,
    last_error = case when j.new_state <> 'delivered' then coalesce(nullif(j.detail, ''), 'not delivered: ' || j.code) end,
    accepted_at = case when j.new_state = 'delivered' then coalesce(a.accepted_at, j.reported_at) end,
    finished_at = case when j.new_state in ('delivered', 'failed') then clock_timestamp() end,
    due_at = case when j.new_state = 'pending' then clock_timestamp() else a.due_at end,
    wait_reason = case when j.new_state = 'pending' then case when j.was_never_taken then 'retry' else 'fall_back' end end,
    staff_told_at = case when j.new_state = 'pending' then null else a.staff_told_at end,
    struck_channels = a.struck_channels
        || case when j.outcome = 'rejected' and not j.was_never_taken then array['alimtalk'] else '{}' end
from judged j
where a.alert_id = j.alert_id
returning a.alert_id, a.state
