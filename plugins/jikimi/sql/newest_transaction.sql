-- How far the data's own time has come, and up to where it is labelled: the windows of a training end there.
with newest as (select max(occurred_at) as occurred_at from transactions)
select n.occurred_at, coalesce((
    select t.occurred_at from transactions t
    where exists (select from labels l where l.transaction_id = t.transaction_id and l.known_at <= n.occurred_at)
    order by t.occurred_at desc limit 1
), n.occurred_at) as labelled_at
from newest n
