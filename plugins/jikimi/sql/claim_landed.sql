-- The oldest rows that no batch has, locked until this transaction ends: two drains at once never share a row.
-- All columns, by no name: a table that lost one is for the expectations to judge, and holds the batch.
select * from landed_transactions
where batch_id is null
order by landed_id
limit %(limit)s
for update skip locked
