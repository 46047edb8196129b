-- All panels, newest first.
select p.panel_id, p.state, p.policy, array_agg(m.member order by m.member) as members, p.messages_per_10k,
    p.created_at, p.promoted_at, p.retired_at, p.decided_at, p.decided_by, p.decision, p.figures, p.champion_figures
from panels p left join panel_members m using (panel_id)
group by p.panel_id order by p.panel_id desc limit %(limit)s
