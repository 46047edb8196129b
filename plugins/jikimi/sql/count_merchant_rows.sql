-- The batch's rows are counted into their merchants' days, in one order for all, so that two batches with the same
-- merchants wait for each other instead of deadlocking.
insert into merchant_counts as c (merchant_id, begins_at, rows_until)
select merchant_id, day, array[
        count(*) filter (where hour < 1), count(*) filter (where hour < 2), count(*) filter (where hour < 3),
        count(*) filter (where hour < 4), count(*) filter (where hour < 5), count(*) filter (where hour < 6),
        count(*) filter (where hour < 7), count(*) filter (where hour < 8), count(*) filter (where hour < 9),
        count(*) filter (where hour < 10), count(*) filter (where hour < 11), count(*) filter (where hour < 12),
        count(*) filter (where hour < 13), count(*) filter (where hour < 14), count(*) filter (where hour < 15),
        count(*) filter (where hour < 16), count(*) filter (where hour < 17), count(*) filter (where hour < 18),
        count(*) filter (where hour < 19), count(*) filter (where hour < 20), count(*) filter (where hour < 21),
        count(*) filter (where hour < 22), count(*) filter (where hour < 23), count(*) filter (where hour < 24)]
from (
    select t.merchant_id, date_trunc('day', t.occurred_at, 'UTC') as day,
        extract(hour from t.occurred_at at time zone 'UTC')::integer as hour
    from transactions t
    where t.batch_id = %(batch_id)s
        and t.occurred_at >= (select first_occurred_at from batches where batch_id = %(batch_id)s)
        and t.occurred_at <= (select last_occurred_at from batches where batch_id = %(batch_id)s)) rows
group by 1, 2
order by 1, 2
on conflict (merchant_id, begins_at) do update set rows_until = array(
    select mine + more from unnest(c.rows_until, excluded.rows_until) with ordinality hours (mine, more, hour) order by hour)
