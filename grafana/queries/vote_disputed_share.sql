-- Nothing scored is a share of nothing: 0, not a division by zero.
select coalesce(sum(disputed_rows)::double precision / nullif(sum(scored_rows), 0), 0) as share
from reporting.panel_votes where $__timeFilter(measured_until)
    and panel_id in (${panel:sqlstring}) and not is_shadow
