-- What else waits for the customers of claimed alerts; only what a person asked for stays on its own.
select o.alert_id, c.alert_id as folded_into
from alerts c join alerts o on o.customer_id = c.customer_id
where c.alert_id = any(%(alert_ids)s) and o.state in ('pending', 'deferred')
    and o.wait_reason is distinct from 'operator'
limit %(limit)s
for update of o skip locked
