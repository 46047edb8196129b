-- A step in any figure may be a new panel.
select promoted_at as time, 'Panel ' || panel_id || ' promoted. ' || coalesce(decision, '') as text, 'promotion' as tags
from reporting.panels where promoted_at is not null and $__timeFilter(promoted_at) order by promoted_at
