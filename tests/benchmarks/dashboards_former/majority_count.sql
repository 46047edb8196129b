-- The unanimous ones are among them.
select count(*) as majority from reporting.majority_fraud
where $__timeFilter(scored_at) and category in (${category:sqlstring})
