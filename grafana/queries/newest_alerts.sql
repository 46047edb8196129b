-- One transaction is found whatever the time range: a link from a red row leads here.
select created_at, alert_id, transaction_id, customer, merchant, category, amount, currency, state, channel, attempts,
    wait_reason, struck_channels, landed_to_accepted_seconds as total_seconds
from reporting.alerts
where (transaction_id = ${transaction:sqlstring} or ${transaction:sqlstring} = '' and $__timeFilter(created_at))
    and coalesce(channel, 'none') in (${channel:sqlstring}) and category in (${category:sqlstring})
order by created_at desc, alert_id desc limit 50
