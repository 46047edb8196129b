-- A corrected row lands like any other and is validated like any other.
insert into landed_transactions (transaction_id, occurred_at, customer_id, merchant_id, merchant_name, category, amount,
    currency, card_number, customer_latitude, customer_longitude, merchant_latitude, merchant_longitude)
values (%(transaction_id)s, %(occurred_at)s, %(customer_id)s, %(merchant_id)s, %(merchant_name)s, %(category)s,
    %(amount)s, %(currency)s, %(card_number)s, %(customer_latitude)s, %(customer_longitude)s, %(merchant_latitude)s,
    %(merchant_longitude)s)
returning landed_id
