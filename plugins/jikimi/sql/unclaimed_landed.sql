-- The range of landed rows that wait for a batch; answered from the partial index alone.
select min(landed_id) as first, max(landed_id) as last from landed_transactions where batch_id is null
