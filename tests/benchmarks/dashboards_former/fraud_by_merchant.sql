-- Many at one merchant point at the merchant.
select merchant, count(*) as fraud from reporting.unanimous_fraud
where $__timeFilter(scored_at) and category in (${category:sqlstring})
group by merchant order by fraud desc, merchant limit 10
