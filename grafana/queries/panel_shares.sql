-- The expected share is that of the panel which voted then.
select measured_until as time,
    sum(unanimous_rows)::double precision / nullif(sum(scored_rows), 0) as unanimous_share,
    sum(majority_rows)::double precision / nullif(sum(scored_rows), 0) as majority_share,
    sum(disputed_rows)::double precision / nullif(sum(scored_rows), 0) as disputed_share,
    sum(incomplete_rows)::double precision / nullif(sum(scored_rows), 0) as incomplete_share,
    max(expected_unanimous_share) as expected_share
from reporting.panel_votes
where $__timeFilter(measured_until)
    and panel_id in (${panel:sqlstring}) and not is_shadow
group by measured_until order by measured_until
