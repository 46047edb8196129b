-- What fraud buys.
select category, sum(unanimous_rows)::bigint as fraud from reporting.scored_by_currency($__timeFrom(), $__timeTo())
where category in (${category:sqlstring}) and unanimous_rows > 0
group by category order by fraud desc, category
