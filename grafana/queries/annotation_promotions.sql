-- A step in any figure may be a new panel, or an old one that was brought back.
select decided_at as time, 'promotion' as tags,
    'Panel ' || panel_id || case decision when 'promoted' then ' promoted. ' else ' brought back. ' end || sentence as text
from reporting.panel_decisions
where decision in ('promoted', 'rolled_back') and $__timeFilter(decided_at) order by decided_at
