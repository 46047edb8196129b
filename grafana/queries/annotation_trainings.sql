-- A panel comes into being when its training ends.
select created_at as time, 'training' as tags, 'Panel ' || panel_id || ' trained. ' || coalesce(decision, '') as text
from reporting.panels where $__timeFilter(created_at) order by created_at
