-- How many rows wait that no batch has, as far as anybody wants to know.
select count(*) as rows from (select from landed_transactions where batch_id is null limit %(most)s) waiting
