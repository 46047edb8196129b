-- Rows of the batch whose label came before them.
insert into called_frauds (merchant_id, occurred_at, transaction_id, amount)
select distinct t.merchant_id, t.occurred_at, t.transaction_id, t.amount::double precision
from transactions t join labels l using (transaction_id)
where l.is_fraud and t.batch_id = %(batch_id)s
    and t.occurred_at >= (select first_occurred_at from batches where batch_id = %(batch_id)s)
    and t.occurred_at <= (select last_occurred_at from batches where batch_id = %(batch_id)s)
order by 1, 2, 3
on conflict do nothing
