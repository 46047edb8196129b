-- The definition is the view's: every member has voted, and all voted fraud.
select coalesce(sum(unanimous_rows), 0)::bigint as unanimous from reporting.scored_by_currency($__timeFrom(), $__timeTo())
where category in (${category:sqlstring})
