-- Alerts as a person may see them, newest first.
select alert_id, reference, created_at, state, channel, transaction_id, customer_id, attempts, wait_reason, due_at,
    accepted_at, finished_at, folded_into, folded_count, last_error
from alerts
where alert_id = any(%(alert_ids)s)
order by alert_id desc
