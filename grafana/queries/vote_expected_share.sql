-- Null before the first training with a reference: the panel says so in words.
select max((r.reference ->> 'share')::double precision) as share
from reporting.panel_references r join reporting.panels p using (panel_id)
where p.state = 'champion' and r.kind = 'vote' and r.name = 'unanimous'
