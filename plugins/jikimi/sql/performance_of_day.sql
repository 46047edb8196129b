-- What came of the messages about a day's purchases, as it was known a delay after each of them; frauds nobody labelled
-- count as honest, as they do in training. Without any label of the day there is nothing to count.
with scored as (
    select v.panel_id, t.transaction_id, t.amount::float8 as amount, v.panel_score, a.alert_id is not null as is_message
    from transactions t
    join verdicts v using (transaction_id, occurred_at)
    left join alerts a on a.transaction_id = t.transaction_id and a.panel_id = v.panel_id
        and a.occurred_at >= %(since)s and a.occurred_at < %(until)s
    where t.occurred_at >= %(since)s and t.occurred_at < %(until)s and not v.is_shadow
), truth as (
    select distinct on (l.transaction_id) l.transaction_id, l.is_fraud
    from labels l join transactions t using (transaction_id)
    where t.occurred_at >= %(since)s and t.occurred_at < %(until)s
        and l.known_at >= %(since)s and l.known_at < %(until)s::timestamptz + %(delay)s
        and l.known_at <= t.occurred_at + %(delay)s
    order by l.transaction_id, l.known_at desc, l.label_id desc
), customers as (
    select count(distinct customer_id) as active from transactions
    where occurred_at >= %(until)s::timestamptz - interval '7 days' and occurred_at < %(until)s
)
select s.panel_id, count(*) as scored_rows, (select active from customers) as active_customers,
    count(*) filter (where s.is_message) as messages,
    count(*) filter (where s.is_message and l.is_fraud) as hits,
    count(*) filter (where l.is_fraud) as frauds,
    coalesce(sum(s.amount) filter (where s.is_message and l.is_fraud), 0) as amount_caught,
    coalesce(sum(s.amount) filter (where not s.is_message and l.is_fraud), 0) as amount_missed,
    coalesce(sum(s.panel_score) filter (where s.is_message), 0) as estimated_hits,
    coalesce(sum(s.panel_score), 0) as estimated_frauds,
    (select count(*) from truth) as labelled_rows
from scored s left join truth l using (transaction_id)
group by s.panel_id
