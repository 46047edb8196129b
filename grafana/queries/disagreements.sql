-- The limit comes first: who voted how is looked up for fifty rows only.
with disputed as (
    select v.transaction_id, v.occurred_at, v.panel_id, v.scored_at, v.votes, v.voters, v.panel_score
    from reporting.verdicts v
    where $__timeFilter(v.scored_at) and v.votes > 0 and v.votes < v.voters and v.panel_id in (${panel:sqlstring})
    order by v.scored_at desc, v.transaction_id desc limit 50
)
select d.scored_at, d.panel_id, d.transaction_id, d.votes || ' / ' || d.voters as votes,
    (select string_agg(p.member, ', ' order by p.member) from reporting.predictions p
     where p.transaction_id = d.transaction_id and p.panel_id = d.panel_id and p.occurred_at = d.occurred_at
        and p.is_fraud_vote) as voters_for, d.panel_score
from disputed d order by d.scored_at desc, d.transaction_id desc
