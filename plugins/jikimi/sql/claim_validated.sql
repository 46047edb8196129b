-- Batches that wait for their verdicts, oldest first, each for one scorer only: any of them, or those of a list.
select batch_id, valid_count from batches
where state = 'validated' and (%(batch_ids)s::bigint[] is null or batch_id = any(%(batch_ids)s))
order by batch_id
limit %(limit)s
for update skip locked
