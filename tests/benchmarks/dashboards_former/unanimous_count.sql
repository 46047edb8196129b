-- The definition is the view's: every member has voted, and all voted fraud.
select count(*) as unanimous from reporting.unanimous_fraud
where $__timeFilter(scored_at) and category in (${category:sqlstring})
