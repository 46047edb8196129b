-- Shares of each group, because fraud is too rare to be seen beside counts of all; bounds 1, 2, 5, 10, … fit any currency.
select 'from ' || amount_from as amount, sum(rows) / sum(sum(rows)) over () as "all",
    coalesce(sum(unanimous_rows) / nullif(sum(sum(unanimous_rows)) over (), 0), 0) as unanimous
from reporting.scored_by_amount($__timeFrom(), $__timeTo())
where category in (${category:sqlstring})
group by amount_from order by amount_from::numeric
