-- What staff have not got yet over this channel and may be tried now.
select n.notice_id, d.attempts, n.subject, n.body, n.html, n.created_at
from staff_deliveries d join staff_notices n using (notice_id)
where d.channel = %(channel)s and d.sent_at is null and d.given_up_at is null and d.due_at <= clock_timestamp()
order by n.notice_id
limit %(limit)s
