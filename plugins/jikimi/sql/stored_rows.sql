-- What is stored under the ids of a batch: the same content again is harmless, other content is not.
-- Hardly an id is stored already: the registry says which, and only these are looked up in their months, one by one.
with stored as materialized (
    select transaction_id, occurred_at from transaction_keys where transaction_id = any(%(transaction_ids)s)
)
select t.transaction_id, (extract(epoch from t.occurred_at) * 1000000)::bigint as occurred_at, t.customer_id,
    t.merchant_id, t.merchant_name, t.category, t.amount::double precision as amount, t.currency::text as currency,
    t.card_masked, t.customer_latitude, t.customer_longitude, t.merchant_latitude, t.merchant_longitude
from stored s
cross join lateral (
    select * from transactions t
    where t.transaction_id = s.transaction_id and t.occurred_at = s.occurred_at
    offset 0
) t
