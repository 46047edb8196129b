-- Every step of the time axis has a row, so that a standstill is drawn as zero.
with @axis@, scored as (
    select date_bin(width, scored_at, 'epoch') as time, count(*) as rows
    from reporting.scored_transactions cross join step
    where $__timeFilter(scored_at) and category in (${category:sqlstring})
    group by 1
), fraud as (
    select date_bin(width, scored_at, 'epoch') as time, count(*) as rows
    from reporting.unanimous_fraud cross join step
    where $__timeFilter(scored_at) and category in (${category:sqlstring})
    group by 1
)
select axis.time, coalesce(scored.rows, 0) as scored, coalesce(fraud.rows, 0) as unanimous
from axis left join scored using (time) left join fraud using (time)
order by axis.time
