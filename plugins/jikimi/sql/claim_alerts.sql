-- One alert for each customer becomes this sender's own: of those that are due, the oldest.
with first as (
    select distinct on (customer_id) alert_id from alerts
    where alert_id = any(%(alert_ids)s) and state in ('pending', 'deferred') and due_at <= clock_timestamp()
        and not exists (select from alerts s where s.customer_id = alerts.customer_id and s.state = 'sending' offset 0)
    order by customer_id, alert_id
)
update alerts a set state = 'sending', claimed_at = clock_timestamp(), claims = a.claims + 1, wait_reason = null
from first
where a.alert_id = first.alert_id
returning a.alert_id
