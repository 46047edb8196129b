-- In parts of what is allowed. Data is measured always, the rest only up to what was scored; never is since promotion.
select r.part, greatest(coalesce(r.seconds_since_measured, extract(epoch from now() - p.promoted_at), 0)
        - case r.part when 'data' then 0 else coalesce(f.seconds_since_scored, 1e12) end, 0)::double precision
    / case r.part when 'data' then 1800 when 'vote' then 3600 else 259200 end as share
from reporting.monitor_runs r
cross join reporting.freshness f
left join reporting.panels p on p.state = 'champion'
