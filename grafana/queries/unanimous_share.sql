-- Nothing scored is a share of nothing: 0, not a division by zero.
select coalesce(sum(unanimous_rows)::double precision / nullif(sum(rows), 0), 0) as share
from reporting.scored_by_currency($__timeFrom(), $__timeTo())
where category in (${category:sqlstring})
