-- Live rows and loads of history take different ways.
select distinct source from reporting.batches where $__timeFilter(claimed_at) order by source
