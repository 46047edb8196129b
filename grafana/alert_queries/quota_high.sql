-- Today's counts, from midnight in Korea; no row before the first message of a connection.
select connection_id, subject, max(coalesce(share_used, 0)) as share
from reporting.channel_quotas where day = (now() at time zone 'Asia/Seoul')::date
group by connection_id, subject
