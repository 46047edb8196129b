-- One alert with its transaction; where the customer lives and the whole card stay out.
select a.alert_id, a.reference, a.state, a.channel, a.attempts, a.wait_reason, a.struck_channels, a.last_error,
    a.folded_into, a.folded_count, a.created_at, a.due_at, a.claimed_at, a.accepted_at, a.finished_at, a.staff_told_at,
    a.panel_id, a.transaction_id, occurred_at, t.landed_at, t.amount, t.currency,
    coalesce(t.merchant_name, t.merchant_id) as merchant, t.category, t.card_masked, a.customer_id, u.name, u.language,
    u.customer_id is not null as is_known
from alerts a
join transactions t using (transaction_id, occurred_at)
left join customers u on u.customer_id = a.customer_id
where a.alert_id = %(alert_id)s
