-- A global count: a quiet hour is a zero, not an empty panel.
select count(*) as scored from reporting.scored_transactions
where $__timeFilter(scored_at) and category in (${category:sqlstring})
