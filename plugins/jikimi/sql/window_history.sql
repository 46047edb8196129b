-- All rows that can lie in a feature's window: those of the customers, and those of the merchants before the label delay.
select transaction_id, occurred_at, customer_id, merchant_id, amount::float8 as amount
from transactions
where customer_id = any(%(customers)s) and occurred_at > %(customers_from)s and occurred_at <= %(until)s
union
select transaction_id, occurred_at, customer_id, merchant_id, amount::float8
from transactions
where merchant_id = any(%(merchants)s) and occurred_at > %(merchants_from)s and occurred_at <= %(merchants_until)s
