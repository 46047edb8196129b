-- The limit comes first: transactions are looked up one by one, the newest verdict first, and messages for fifty only.
with newest as (
    select t.*, v.scored_at, v.votes, v.members, v.panel_score, v.is_unanimous, v.is_majority, v.reasons
    from reporting.verdicts v cross join lateral (
        select * from reporting.transactions t
        where t.transaction_id = v.transaction_id and t.occurred_at = v.occurred_at
            and category in (${category:sqlstring})
        offset 0) t
    where $__timeFilter(v.scored_at)
    order by v.scored_at desc, v.transaction_id desc
    limit 50
)
select n.scored_at, n.occurred_at, n.transaction_id, n.customer, n.merchant, n.category, n.amount, n.currency,
    n.votes || ' of ' || n.members as votes, n.panel_score,
    case when n.is_unanimous then 'unanimous' when n.is_majority then 'majority' else 'no' end as verdict,
    a.state as message, n.reasons
from newest n left join reporting.alerts a on a.transaction_id = n.transaction_id
order by n.scored_at desc, n.transaction_id desc
