-- One alert for each verdict that the panel's own policy calls fraud, in the transaction that wrote the verdict; none
-- for what was said in the shadow.
-- The reference is a bijection of the alert's number: unique for ever, and not a count that a customer could read.
with span as materialized (
    select min(first_occurred_at) as first, max(last_occurred_at) as last from batches where batch_id = any(%(batch_ids)s)
), called as (
    select u.transaction_id, u.occurred_at, u.panel_id from unanimous_fraud u join panels p using (panel_id)
    where p.policy = 'unanimous' and u.batch_id = any(%(batch_ids)s) and u.panel_id = %(panel_id)s and not u.is_shadow
        and u.occurred_at >= (select first from span) and u.occurred_at <= (select last from span)
    union all
    select m.transaction_id, m.occurred_at, m.panel_id from majority_fraud m join panels p using (panel_id)
    where p.policy = 'majority' and m.batch_id = any(%(batch_ids)s) and m.panel_id = %(panel_id)s and not m.is_shadow
        and m.occurred_at >= (select first from span) and m.occurred_at <= (select last from span)
), numbered as (
    select nextval(pg_get_serial_sequence('alerts', 'alert_id')) as alert_id, transaction_id, occurred_at, panel_id from called
)
insert into alerts (alert_id, transaction_id, occurred_at, panel_id, customer_id, reference)
overriding system value
select n.alert_id, n.transaction_id, n.occurred_at, n.panel_id, t.customer_id,
    upper(lpad(to_hex((n.alert_id * 2654435761 + 362436069) & 4294967295), 8, '0'))
from numbered n join transactions t using (transaction_id, occurred_at)
on conflict (transaction_id) do nothing
returning alert_id
