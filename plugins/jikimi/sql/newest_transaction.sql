-- How far the data's own time has come.
select max(occurred_at) as occurred_at from transactions
