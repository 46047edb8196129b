-- Shares of each group, because fraud is too rare to be seen beside counts of all; bounds 1, 2, 5, 10, … fit any currency.
with bounds as (
    select array_agg(step * 10::numeric ^ power order by power, step)::double precision[] as listed
    from generate_series(-3, 9) as power cross join unnest(array[1, 2, 5]) as step
), scored as (
    select width_bucket(amount, listed) as band, count(*) as rows
    from reporting.scored_transactions cross join bounds
    where $__timeFilter(scored_at) and category in (${category:sqlstring})
    group by 1
), fraud as (
    select width_bucket(amount, listed) as band, count(*) as rows
    from reporting.unanimous_fraud cross join bounds
    where $__timeFilter(scored_at) and category in (${category:sqlstring})
    group by 1
)
select 'from ' || trim_scale(listed[band]::numeric) as amount, scored.rows / sum(scored.rows) over () as "all",
    coalesce(fraud.rows / sum(fraud.rows) over (), 0) as unanimous
from scored left join fraud using (band) cross join bounds
order by band
