-- All rows that can lie in a customer's windows.
select transaction_id, occurred_at, customer_id, merchant_id, amount::float8 as amount
from transactions
where customer_id = any(%(customers)s) and occurred_at > %(customers_from)s and occurred_at <= %(until)s
