-- The handbook's 15 features in duckdb; its windows hold both ends, so each begins a microsecond later than the day does.
select
    transaction_id,
    amount,
    (extract(isodow from occurred_at) >= 6)::double as is_weekend,
    (extract(hour from occurred_at) <= 6)::double as is_night,
    (count(*) over c1)::double as customer_count_1d,
    avg(amount) over c1 as customer_mean_1d,
    (count(*) over c7)::double as customer_count_7d,
    avg(amount) over c7 as customer_mean_7d,
    (count(*) over c30)::double as customer_count_30d,
    avg(amount) over c30 as customer_mean_30d,
    (count(*) over m1)::double as merchant_count_1d,
    coalesce(avg(is_fraud) over m1, 0) as merchant_risk_1d,
    (count(*) over m7)::double as merchant_count_7d,
    coalesce(avg(is_fraud) over m7, 0) as merchant_risk_7d,
    (count(*) over m30)::double as merchant_count_30d,
    coalesce(avg(is_fraud) over m30, 0) as merchant_risk_30d
from transactions
window
    c1 as (partition by customer_id order by occurred_at
        range between interval '86399999999 microseconds' preceding and current row),
    c7 as (partition by customer_id order by occurred_at
        range between interval '604799999999 microseconds' preceding and current row),
    c30 as (partition by customer_id order by occurred_at
        range between interval '2591999999999 microseconds' preceding and current row),
    m1 as (partition by merchant_id order by occurred_at
        range between interval '691199999999 microseconds' preceding and interval '7 days' preceding),
    m7 as (partition by merchant_id order by occurred_at
        range between interval '1209599999999 microseconds' preceding and interval '7 days' preceding),
    m30 as (partition by merchant_id order by occurred_at
        range between interval '3196799999999 microseconds' preceding and interval '7 days' preceding)
