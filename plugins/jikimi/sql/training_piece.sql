-- The rows of one piece of a long history, with all that their features are made of, in the order of training_outline.
select transaction_id, customer_id, merchant_id, category, amount::float8 as amount,
    customer_latitude, customer_longitude, merchant_latitude, merchant_longitude, occurred_at
from transactions
where occurred_at >= %(begin)s and occurred_at < %(end)s
order by occurred_at, transaction_id
