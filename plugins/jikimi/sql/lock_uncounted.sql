-- The oldest batches that no sum has; who counts at the same time takes others.
select batch_id, valid_count from batches
where counted_at is null and state in ('scored', 'loaded')
order by batch_id
limit %(limit)s
for update skip locked
