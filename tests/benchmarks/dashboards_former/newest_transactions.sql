-- The limit comes first: the verdict's meaning and the message are looked up for fifty rows only.
with newest as (
    select * from reporting.scored_transactions
    where $__timeFilter(scored_at) and category in (${category:sqlstring})
    order by scored_at desc, transaction_id desc
    limit 50
)
select n.scored_at, n.occurred_at, n.transaction_id, n.customer, n.merchant, n.category, n.amount, n.currency,
    n.votes || ' of ' || n.members as votes, n.panel_score,
    case when n.is_unanimous then 'unanimous' when n.is_majority then 'majority' else 'no' end as verdict,
    a.state as message, n.reasons
from newest n left join reporting.alerts a on a.transaction_id = n.transaction_id
order by n.scored_at desc, n.transaction_id desc
