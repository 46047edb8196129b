-- What fraud buys.
select category, count(*) as fraud from reporting.unanimous_fraud
where $__timeFilter(scored_at) and category in (${category:sqlstring})
group by category order by fraud desc, category
