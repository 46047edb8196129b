-- Currencies are never added up.
select currency, sum(amount) as amount from reporting.unanimous_fraud
where $__timeFilter(scored_at) and category in (${category:sqlstring})
group by currency order by amount desc
