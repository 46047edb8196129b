-- The newest purchase that was scored lately: a replay runs in the past, and its days end by their own clock.
select max(last_occurred_at) as newest from (
    select last_occurred_at from batches where state = 'scored' order by batch_id desc limit 200
) b
