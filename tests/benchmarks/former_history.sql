-- The former way: every row of the batch's customers and merchants that can lie in a window.
select transaction_id, occurred_at, customer_id, merchant_id, amount::float8 as amount
from transactions
where customer_id = any(%(customers)s) and occurred_at > %(customers_from)s and occurred_at <= %(until)s
union
select transaction_id, occurred_at, customer_id, merchant_id, amount::float8
from transactions
where merchant_id = any(%(merchants)s) and occurred_at > %(merchants_from)s and occurred_at <= %(merchants_until)s
