-- What was over the limit in the last window that was measured and in the one right before it, the farthest first.
select n.kind, n.name, n.psi, b.psi as previous_psi, n.measured_until
from drift_measures n
join drift_measures b on b.panel_id = n.panel_id and b.kind = n.kind and b.name = n.name
    and b.measured_until = n.measured_from
where n.panel_id = %(panel_id)s and n.measured_until = (
        select max(measured_until) from drift_measures where panel_id = %(panel_id)s)
    and not n.is_calendar and n.psi >= %(limit)s and b.psi >= %(limit)s
order by n.psi desc
