-- A global count: none is a zero.
select count(*) as requests from reporting.training_requests where $__timeFilter(requested_at)
