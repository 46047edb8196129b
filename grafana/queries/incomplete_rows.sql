-- A member that is silent makes the vote impossible: each such row counts.
select coalesce(sum(incomplete_rows), 0) as rows from reporting.panel_votes
where $__timeFilter(measured_until)
    and panel_id in (${panel:sqlstring}) and not is_shadow
