-- The transactions to score, from the months in which the batches have rows.
select transaction_id, batch_id, occurred_at, customer_id, merchant_id, amount::float8 as amount,
    currency::text as currency, category,
    customer_latitude, customer_longitude, merchant_latitude, merchant_longitude
from transactions
where batch_id = any(%(batch_ids)s)
    and occurred_at >= (select min(first_occurred_at) from batches where batch_id = any(%(batch_ids)s))
    and occurred_at <= (select max(last_occurred_at) from batches where batch_id = any(%(batch_ids)s))
