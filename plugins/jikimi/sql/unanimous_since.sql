-- What every member of the panel called fraud between two instants, newest first, and how many there were in all.
select coalesce(a.reference, '') as reference, u.occurred_at, t.amount, t.currency,
    coalesce(nullif(t.merchant_name, ''), t.merchant_id) as merchant, coalesce(a.state, '') as state, t.customer_id,
    count(*) over () as total
from unanimous_fraud u
join transactions t using (transaction_id, occurred_at)
left join alerts a using (transaction_id)
where not u.is_shadow and u.scored_at > %(since)s and u.scored_at <= %(until)s
order by u.scored_at desc, u.transaction_id
limit %(limit)s
