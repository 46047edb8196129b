-- The newest ones: a map with more points than these says nothing.
select merchant_latitude as latitude, merchant_longitude as longitude, merchant, category, amount, currency, customer,
    scored_at
from reporting.unanimous_fraud
where $__timeFilter(scored_at) and category in (${category:sqlstring})
    and merchant_latitude is not null and merchant_longitude is not null
order by scored_at desc limit 500
