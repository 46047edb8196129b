-- How panels voted on what was scored in a window: one row for each combination of votes, however many transactions.
with votes_cast as (
    select transaction_id, panel_id, occurred_at, array_agg(member order by member) as voted,
        array_agg(member order by member) filter (where is_fraud_vote) as fraud
    from predictions
    where scored_at >= %(since)s and scored_at < %(until)s
    group by transaction_id, panel_id, occurred_at
), patterns as (
    select v.panel_id, v.is_shadow, coalesce(c.voted, '{}') as voted, coalesce(c.fraud, '{}') as fraud, count(*) as rows
    from verdicts v left join votes_cast c using (transaction_id, panel_id, occurred_at)
    where v.scored_at >= %(since)s and v.scored_at < %(until)s
    group by v.panel_id, v.is_shadow, c.voted, c.fraud
)
select p.panel_id, p.is_shadow, p.voted, p.fraud, p.rows,
    array(select m.member from panel_members m where m.panel_id = p.panel_id order by m.member) as members
from patterns p
