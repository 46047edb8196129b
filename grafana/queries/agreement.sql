-- Of what most members call fraud: how much do all of them call fraud?
select coalesce(sum(unanimous_rows), 0)::bigint as all_agree,
    coalesce(sum(majority_rows - unanimous_rows), 0)::bigint as most_agree
from reporting.scored_by_currency($__timeFrom(), $__timeTo())
where category in (${category:sqlstring})
