-- The unanimous ones are among them.
select coalesce(sum(majority_rows), 0)::bigint as majority from reporting.scored_by_currency($__timeFrom(), $__timeTo())
where category in (${category:sqlstring})
