-- A panel without a reference cannot drift: zeros say so.
select p.panel_id, p.state, count(*) filter (where r.kind = 'feature') as features,
    count(*) filter (where r.kind = 'score') as scores, count(*) filter (where r.kind = 'vote') as votes,
    max(r.reference_rows) as reference_rows, max(r.created_at) as created_at
from (select panel_id, state from reporting.panels where panel_id in (${panel:sqlstring})
      order by panel_id desc limit 20) p
left join reporting.panel_references r on r.panel_id = p.panel_id
group by p.panel_id, p.state order by p.panel_id desc
