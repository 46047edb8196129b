-- Alerts as a person may see them, newest first.
select alert_id, reference, created_at, state, channel, transaction_id, customer_id, attempts, accepted_at, due_at, last_error
from alerts
where %(state)s::text is null or state = %(state)s
order by alert_id desc
limit %(limit)s
