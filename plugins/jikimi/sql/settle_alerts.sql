-- What becomes of claimed alerts for which no request left.
update alerts a
set state = e.state, last_error = e.error, claimed_at = null, wait_reason = e.wait_reason,
    due_at = clock_timestamp() + make_interval(secs => e.due_in),
    struck_channels = a.struck_channels || case when e.strike is null then '{}' else array[e.strike] end,
    finished_at = case when e.state = 'failed' then clock_timestamp() end
from json_to_recordset(%(fates)s::json) as e (
    alert_id bigint, claims integer, state text, error text, due_in double precision, wait_reason text, strike text)
where a.alert_id = e.alert_id and a.claims = e.claims and a.state = 'sending'
