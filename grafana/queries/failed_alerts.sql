-- Whom nobody told: the bank may call them.
select alert_id, transaction_id, customer, amount, currency, channel, attempts, struck_channels, finished_at
from reporting.alerts
where $__timeFilter(created_at) and coalesce(channel, 'none') in (${channel:sqlstring})
    and category in (${category:sqlstring})
    and state = 'failed'
order by created_at desc limit 50
