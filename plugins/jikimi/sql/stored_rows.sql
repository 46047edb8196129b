-- What is stored under the ids of a batch: the same content again is harmless, other content is not.
select transaction_id, (extract(epoch from occurred_at) * 1000000)::bigint as occurred_at, customer_id, merchant_id,
    merchant_name, category, amount::double precision as amount, currency::text as currency, card_masked,
    customer_latitude, customer_longitude, merchant_latitude, merchant_longitude
from transactions
join transaction_keys using (transaction_id, occurred_at)
where transaction_id = any(%(transaction_ids)s)
