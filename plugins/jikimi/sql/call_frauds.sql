-- Rows that a label has called fraud, found by their merchant and time from now on; those that are not stored come later.
insert into called_frauds (merchant_id, occurred_at, transaction_id, amount)
select t.merchant_id, t.occurred_at, t.transaction_id, t.amount::double precision
from transaction_keys k
cross join lateral (
    select * from transactions t
    where t.transaction_id = k.transaction_id and t.occurred_at = k.occurred_at
    offset 0
) t
where k.transaction_id = any(%(transaction_ids)s)
order by 1, 2, 3
on conflict do nothing
