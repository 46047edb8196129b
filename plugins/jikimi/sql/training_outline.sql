-- What a training knows of each valid transaction since an instant besides its features, in the order of their own time.
select transaction_id, customer_id, merchant_id, amount::float8 as amount, occurred_at
from transactions
where occurred_at > %(since)s
order by occurred_at, transaction_id
