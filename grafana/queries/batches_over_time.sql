-- Every step of the time axis has a row, so that a standstill is drawn as zero.
with @axis@, claimed as (
    select date_bin(width, claimed_at, 'epoch') as time, count(*) as batches, sum(landed_count) as rows
    from reporting.batches cross join step
    where $__timeFilter(claimed_at) and source in (${source:sqlstring}) group by 1
)
select axis.time, coalesce(claimed.batches, 0) as batches, coalesce(claimed.rows, 0) as rows
from axis left join claimed using (time) order by axis.time
