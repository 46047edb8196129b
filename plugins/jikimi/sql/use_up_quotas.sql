-- The channel itself says that a count is used up: nobody asks in vain before it is reset.
insert into channel_quotas (connection_id, day, subject, used, most)
select distinct %(connection_id)s, (now() at time zone 'Asia/Seoul')::date, subject, most, most
from json_to_recordset(%(quotas)s::json) as u (subject text, most integer)
on conflict (connection_id, day, subject) do update set used = excluded.most, most = excluded.most
