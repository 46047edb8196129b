-- What each channel did in the last week: when it last took a message, what went wrong last, and today's counts.
select c.channel, taken.at as last_taken_at, trouble.at as last_trouble_at, trouble.code as trouble_code,
    trouble.detail as trouble, (
        select json_object_agg(q.subject, json_build_array(q.used, q.most)) from channel_quotas q
        where q.connection_id = c.connection_id and q.subject in ('app', 'sender')
            and q.day = (clock_timestamp() at time zone 'Asia/Seoul')::date
    ) as used_today
from unnest(%(channels)s::text[], %(connection_ids)s::text[]) as c (channel, connection_id)
left join lateral (
    select max(t.finished_at) as at from alert_attempts t
    where t.channel = c.channel and t.outcome in ('delivered', 'accepted')
        and t.started_at > clock_timestamp() - interval '7 days'
) taken on true
left join lateral (
    select t.finished_at as at, t.code, t.detail from alert_attempts t
    where t.channel = c.channel and t.outcome in ('rejected', 'unavailable', 'unknown')
        and t.started_at > clock_timestamp() - interval '7 days'
    order by t.started_at desc
    limit 1
) trouble on true
