-- Counts one message in each of its daily counts, and names those that are used up: then all of it is taken back.
with wanted as (
    select subject, most from json_to_recordset(%(quotas)s::json) as q (subject text, most integer)
), counted as (
    insert into channel_quotas (connection_id, day, subject, used, most)
    select %(connection_id)s, (now() at time zone 'Asia/Seoul')::date, subject, 1, most
    from wanted where most > 0 order by subject
    on conflict (connection_id, day, subject) do update
        set used = channel_quotas.used + 1, most = excluded.most
        where channel_quotas.used < excluded.most
    returning subject
)
select subject from wanted where subject not in (select subject from counted) order by subject
