-- A stretch of the past with the rows in its windows, in the order of time; of these the features read no place and no
-- category.
select transaction_id, occurred_at, customer_id, merchant_id, amount::float8 as amount,
    case when occurred_at >= %(since)s then category end as category,
    case when occurred_at >= %(since)s then customer_latitude end as customer_latitude,
    case when occurred_at >= %(since)s then customer_longitude end as customer_longitude,
    case when occurred_at >= %(since)s then merchant_latitude end as merchant_latitude,
    case when occurred_at >= %(since)s then merchant_longitude end as merchant_longitude
from transactions
where occurred_at > %(window_from)s and occurred_at < %(until)s
order by occurred_at
