-- A batch that waits for a person; a global count: none is a zero.
select count(*) as held from reporting.batches
where state = 'held' and $__timeFilter(claimed_at) and source in (${source:sqlstring})
