-- Every channel of the route refused: a customer does not know.
select count(*) as alerts from reporting.alerts where state = 'failed' and $__timeFilter(created_at)
