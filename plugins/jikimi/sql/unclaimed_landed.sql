-- What waits: landed rows without a batch (from the partial index alone), and batches that a champion could score.
-- Who validated a batch a moment ago found the rows that had landed by then, and has called the next run for them.
select min(landed_id) as first, max(landed_id) as last,
    (select count(*) from batches where state = 'validated'
        and exists (select from panels where state = 'champion')) as unscored,
    -- Of one instant, so that the index on claimed_at finds the few batches of the last minute.
    exists (select from batches where source = 'live' and claimed_at > statement_timestamp() - interval '1 minute'
        and validated_at > statement_timestamp() - interval '5 seconds'
        and validated_at > (
            select landed_at from landed_transactions where batch_id is null order by landed_id limit 1
        )) as is_called_for
from landed_transactions where batch_id is null
