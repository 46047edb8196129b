-- Where customers buy now.
select merchant, count(*) as transactions from reporting.scored_transactions
where $__timeFilter(scored_at) and category in (${category:sqlstring})
group by merchant order by transactions desc, merchant limit 10
