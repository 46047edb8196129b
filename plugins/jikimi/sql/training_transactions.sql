-- Valid transactions of a span of time, with all that features are made of, in the order of training_outline.
select transaction_id, customer_id, merchant_id, category, amount::float8 as amount,
    customer_latitude, customer_longitude, merchant_latitude, merchant_longitude, occurred_at
from transactions
where occurred_at > %(since)s and occurred_at <= %(until)s
order by occurred_at, transaction_id
