-- Batches that wait for their verdicts, oldest first, each for one scorer only.
select batch_id, valid_count from batches
where state = 'validated'
order by batch_id
limit %(limit)s
for update skip locked
