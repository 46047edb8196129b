-- The oldest rows that no batch has, locked until this transaction ends: two drains at once never share a row.
select landed_id, landed_at, transaction_id, occurred_at, customer_id, merchant_id, merchant_name, category, amount,
    currency, card_number, customer_latitude, customer_longitude, merchant_latitude, merchant_longitude
from landed_transactions
where batch_id is null
order by landed_id
limit %(limit)s
for update skip locked
