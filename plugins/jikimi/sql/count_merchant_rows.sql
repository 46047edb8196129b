-- The batch's rows are counted into their merchants' days and hours, in one order for all, so that two batches with the
-- same merchants wait for each other instead of deadlocking.
insert into merchant_counts as c (merchant_id, grain, begins_at, rows)
select t.merchant_id, g.grain, date_trunc(g.grain, t.occurred_at, 'UTC'), count(*)
from transactions t cross join (values ('day'), ('hour')) g (grain)
where t.batch_id = %(batch_id)s
    and t.occurred_at >= (select first_occurred_at from batches where batch_id = %(batch_id)s)
    and t.occurred_at <= (select last_occurred_at from batches where batch_id = %(batch_id)s)
group by 1, 2, 3
order by 1, 2, 3
on conflict (merchant_id, grain, begins_at) do update set rows = c.rows + excluded.rows
