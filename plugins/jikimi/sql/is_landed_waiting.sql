-- Whether a row waits that no batch has, for the run after this one.
select exists (select from landed_transactions where batch_id is null) as is_waiting
