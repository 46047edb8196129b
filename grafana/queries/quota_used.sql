-- The fullest of today's quotas, because that one stops first; nothing sent is 0.
select coalesce(max(share_used), 0) as share from reporting.channel_quotas
where day = (now() at time zone 'Asia/Seoul')::date
