-- A report settles the newest try of its alert that may have arrived; what is over stays as it is.
-- Bad news counts only while the alert waits for news of that very try. Good news also keeps an alert that waits for
-- another try from being sent twice, unless its next message has more to tell than the one that arrived.
-- Of two reports in one go, the good news holds: a text message may have taken the place of an Alimtalk.
with told as (
    select a.alert_id, a.state, a.customer_id, a.struck_channels, t.attempt_id, t.started_at, r.report_id, r.outcome,
        r.code, r.detail, r.dealer_id, r.received_at, coalesce(r.reported_at, r.received_at) as reported_at,
        -- What the dealer never got may be sent again as it was; what it could not deliver goes another way.
        r.code is not distinct from 'absent' as was_never_taken,
        not exists (
            select from alert_attempts l where l.alert_id = a.alert_id and l.attempt_id > t.attempt_id) as is_last
    from delivery_reports r
    join json_to_recordset(%(named)s::json) as n (report_id bigint, alert_id bigint) using (report_id)
    join alerts a on a.alert_id = n.alert_id
    join lateral (
        select * from alert_attempts t
        where t.alert_id = a.alert_id and t.channel = 'alimtalk'
            and (t.outcome in ('accepted', 'unknown') or t.reported_at is not null)
        order by t.attempt_id desc
        limit 1
    ) t on true
    where a.state in ('accepted', 'unknown', 'pending', 'deferred')
        and (t.dealer_id is null or r.dealer_id is null or t.dealer_id = r.dealer_id)
        -- Where the answer to the newest try was lost, the report may be on an older one.
        and not (t.dealer_id is null and exists (
            select from alert_attempts o
            where o.alert_id = a.alert_id and o.attempt_id < t.attempt_id and o.channel = 'alimtalk'
                and (o.dealer_id = r.dealer_id or (
                    r.outcome = 'rejected' and r.dealer_id is not null and o.dealer_id is null
                    and o.outcome = 'unknown'))))
), settled as (
    select distinct on (alert_id) *, exists (
            select from customer_channels c
            where c.customer_id = told.customer_id and c.position is not null and c.consented_at is not null
                and c.channel <> 'alimtalk' and c.channel <> all (told.struck_channels)
        ) as is_other_left
    from told
    where case outcome
        when 'delivered' then not exists (
            select from alerts f where f.folded_into = told.alert_id and f.finished_at > told.started_at)
        -- That a dealer never got a message is said of old tries only; a person may have had it sent again meanwhile.
        else state in ('accepted', 'unknown') and is_last
            and not (was_never_taken and started_at > received_at - interval '15 minutes') end
    order by alert_id, outcome = 'delivered' desc, report_id
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
    channel = case when j.new_state = 'delivered' then 'alimtalk' else a.channel end,
    last_error = case when j.new_state <> 'delivered'
        then coalesce(nullif(j.detail, ''), 'not delivered: ' || j.code) end,
    -- Taken when it was sent, whatever instant a dealer writes: the next message to this customer waits from then on.
    accepted_at = case when j.new_state = 'delivered' then coalesce(a.accepted_at, j.started_at) end,
    finished_at = case when j.new_state in ('delivered', 'failed') then clock_timestamp() end,
    due_at = case when j.new_state = 'pending' then clock_timestamp() else a.due_at end,
    wait_reason = case when j.new_state <> 'pending' then null when j.was_never_taken then 'retry' else 'fall_back' end,
    staff_told_at = case when j.new_state = 'pending' then null else a.staff_told_at end,
    struck_channels = a.struck_channels
        || case when j.outcome = 'rejected' and not j.was_never_taken then array['alimtalk'] else '{}' end
from judged j
where a.alert_id = j.alert_id
returning a.alert_id, a.state
