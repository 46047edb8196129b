-- Today in Korea; without receivers: there are as many as customers.
select connection_id, subject, used, most, share_used as used_share from reporting.channel_quotas
where day = (now() at time zone 'Asia/Seoul')::date order by share_used desc nulls last, connection_id, subject
