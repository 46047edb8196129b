-- The channel itself says that a count is used up: nobody asks in vain before it is reset. It says so of the day on
-- which it was asked, and in the first minute perhaps of the day before: its clock is another.
insert into channel_quotas (connection_id, day, subject, used, most)
select distinct %(connection_id)s, (t.started_at at time zone 'Asia/Seoul' - interval '1 minute')::date, u.subject,
    u.most, u.most
from json_to_recordset(%(quotas)s::json) as u (subject text, most integer), alert_attempts t
where t.attempt_id = %(attempt_id)s
order by u.subject
on conflict (connection_id, day, subject) do update set used = excluded.most, most = excluded.most
