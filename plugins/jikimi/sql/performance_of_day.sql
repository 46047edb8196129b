-- What came of the messages about a day's purchases, as it was known a delay after each of them; frauds nobody labelled
-- count as honest, as they do in training. Without any label of the day there is nothing to count. Messages and frauds
-- are looked up in hashes and not joined: how many there are nobody guesses well, and a wrong guess compares all with all.
with truth as (
    select distinct on (l.transaction_id) l.transaction_id, l.is_fraud
    from labels l join transactions t using (transaction_id)
    where t.occurred_at >= %(since)s and t.occurred_at < %(until)s
        and l.known_at >= %(since)s and l.known_at < %(until)s::timestamptz + %(delay)s
        and l.known_at <= t.occurred_at + %(delay)s
    order by l.transaction_id, l.known_at desc, l.label_id desc
), scored as (
    select v.panel_id, t.amount::float8 as amount, v.panel_score,
        (t.transaction_id, v.panel_id) in (
            select a.transaction_id, a.panel_id from alerts a
            where a.occurred_at >= %(since)s and a.occurred_at < %(until)s) as is_message,
        t.transaction_id in (select l.transaction_id from truth l where l.is_fraud) as is_fraud
    from transactions t
    join verdicts v using (transaction_id, occurred_at)
    where t.occurred_at >= %(since)s and t.occurred_at < %(until)s and not v.is_shadow
), customers as (
    select count(distinct customer_id) as active from transactions
    where occurred_at >= %(until)s::timestamptz - interval '7 days' and occurred_at < %(until)s
)
select s.panel_id, count(*) as scored_rows, (select active from customers) as active_customers,
    count(*) filter (where s.is_message) as messages,
    count(*) filter (where s.is_message and s.is_fraud) as hits,
    count(*) filter (where s.is_fraud) as frauds,
    coalesce(sum(s.amount) filter (where s.is_message and s.is_fraud), 0) as amount_caught,
    coalesce(sum(s.amount) filter (where not s.is_message and s.is_fraud), 0) as amount_missed,
    coalesce(sum(s.panel_score) filter (where s.is_message), 0) as estimated_hits,
    coalesce(sum(s.panel_score), 0) as estimated_frauds,
    (select count(*) from truth) as labelled_rows
from scored s
group by s.panel_id
