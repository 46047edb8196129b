-- A member without votes stays at zero and does not vanish: a missing member is what this panel must show.
with @axis@, chosen as (
    select distinct member from reporting.members
    where panel_state = 'champion' and member in (${member:sqlstring})
), said as (
    select date_bin(step.width, p.scored_at, 'epoch') as time, p.member, count(*) as votes
    from reporting.predictions p join reporting.panels using (panel_id) cross join step
    where $__timeFilter(p.scored_at) and p.is_fraud_vote and state in ('champion', 'retired')
    group by 1, 2
)
select axis.time, chosen.member, coalesce(said.votes, 0) as votes
from axis cross join chosen left join said on said.time = axis.time and said.member = chosen.member
order by axis.time, chosen.member
