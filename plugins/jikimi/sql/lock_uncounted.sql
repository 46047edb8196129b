-- The oldest batches that no sum has; who counts at the same time takes others. History was loaded, not scored: it has
-- nothing to count.
select batch_id, case state when 'scored' then valid_count else 0 end as scored_count from batches
where counted_at is null and state in ('scored', 'loaded')
order by batch_id
limit %(limit)s
for update skip locked
