-- What was bought in the time range.
select distinct category from reporting.scored_transactions where $__timeFilter(scored_at) order by category
