-- The inbox: alerts whose answer was lost, oldest first, with what is known of the last try.
select a.alert_id, a.reference, a.customer_id, a.channel, last.connection_id, last.dealer_id, last.started_at as sent_at,
    last.code, coalesce(last.detail, a.last_error) as detail, a.attempts, a.folded_count, occurred_at, t.amount,
    t.currency, a.created_at
from alerts a
join transactions t using (transaction_id, occurred_at)
left join lateral (
    select t.connection_id, t.dealer_id, t.started_at, t.code, t.detail from alert_attempts t
    where t.alert_id = a.alert_id
    order by t.attempt_id desc
    limit 1
) last on true
where a.state = 'unknown'
order by a.alert_id
limit %(limit)s
