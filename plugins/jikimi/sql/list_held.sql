-- Batches that were refused as a whole; a released one has no rows any more.
select batch_id, claimed_at, landed_count, held_reason from batches
where state = 'held' and landed_count > 0 order by batch_id desc
