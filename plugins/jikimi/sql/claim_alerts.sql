-- Due alerts become this drain's own; another drain at the same time passes over them.
with due as (
    select alert_id from alerts
    where state in ('pending', 'deferred') and due_at <= clock_timestamp()
    order by due_at, alert_id
    limit %(limit)s
    for update skip locked
), claimed as (
    update alerts set state = 'sending', claimed_at = clock_timestamp(), attempts = attempts + 1
    where alert_id in (select alert_id from due)
    returning alert_id, transaction_id, customer_id, reference, attempts
)
select c.alert_id, c.reference, c.attempts, t.occurred_at, t.amount, t.currency, t.card_masked,
    coalesce(t.merchant_name, t.merchant_id) as merchant, u.customer_id is not null as is_known, u.name, u.language,
    u.channel, u.kakao_uuid, u.consented_at
from claimed c join transactions t using (transaction_id) left join customers u on u.customer_id = c.customer_id
order by c.alert_id
