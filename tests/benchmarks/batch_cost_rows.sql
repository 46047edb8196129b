-- Past rows of a bank: each customer buys some 20 times a month, a few merchants have most of the rows.
insert into transactions
    (transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id, merchant_id, category, amount, currency,
    customer_latitude, customer_longitude, merchant_latitude, merchant_longitude)
select %(name)s || '-' || number, 1, number, now(), %(until)s - random() * %(span)s,
    %(customer)s || floor(random() * %(customers)s), %(merchant)s || floor(power(random(), 2) * %(merchants)s),
    'food', round(exp(1 + 4 * random())::numeric, 2) + 0.01, 'KRW', 37.5, 127.0, 37.6, 127.1
from generate_series(1, %(rows)s::integer) number
