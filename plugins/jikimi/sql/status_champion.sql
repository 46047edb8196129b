-- The panel that votes now.
select p.panel_id, p.policy, array_agg(m.member order by m.member) as members, p.trained_until, p.promoted_at
from panels p join panel_members m using (panel_id) where p.state = 'champion' group by p.panel_id
