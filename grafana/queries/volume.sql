-- Every step of the time axis has a row, so that a standstill is drawn as zero.
with @axis@, scored as (
    select date_bin(width, at, 'epoch') as time, sum(rows)::bigint as rows, sum(unanimous_rows)::bigint as unanimous
    from step cross join reporting.scored_by_currency($__timeFrom(), $__timeTo(), $__interval_ms)
    where category in (${category:sqlstring})
    group by 1
)
select axis.time, coalesce(scored.rows, 0) as scored, coalesce(scored.unanimous, 0) as unanimous
from axis left join scored using (time)
order by axis.time
