-- What waits: landed rows without a batch (from the partial index alone), and batches that a champion could score.
select min(landed_id) as first, max(landed_id) as last,
    (select count(*) from batches where state = 'validated'
        and exists (select from panels where state = 'champion')) as unscored
from landed_transactions where batch_id is null
