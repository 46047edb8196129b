-- What was bought in the time range.
select distinct category from reporting.scored_by_currency($__timeFrom(), $__timeTo()) order by category
