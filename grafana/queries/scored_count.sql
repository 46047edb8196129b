-- A global count: a quiet hour is a zero, not an empty panel.
select coalesce(sum(rows), 0)::bigint as scored from reporting.scored_by_currency($__timeFrom(), $__timeTo())
where category in (${category:sqlstring})
