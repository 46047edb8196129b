-- Batches that wait for their verdicts and that nobody is scoring now: those of this run first, then the oldest.
select batch_id, valid_count, run_id is not distinct from %(run_id)s as is_own
from batches
where state = 'validated'
order by is_own desc, batch_id
limit %(limit)s
for update skip locked
