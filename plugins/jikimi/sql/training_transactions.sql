-- All valid transactions since an instant, in the order of their own time.
select transaction_id, (extract(epoch from occurred_at) * 1000000)::bigint as occurred_at, customer_id, merchant_id,
    amount::float8 as amount, category,
    customer_latitude, customer_longitude, merchant_latitude, merchant_longitude
from transactions
where occurred_at > %(since)s
order by occurred_at, transaction_id
