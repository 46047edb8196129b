-- The batch's rows are counted into their merchants' days, in one order for all, so that two batches with the same
-- merchants wait for each other instead of deadlocking. A day's rows until the end of an hour are found in its ordered
-- hours by halving: of 20,000 rows half the work of a filter for each hour.
insert into merchant_counts as c (merchant_id, begins_at, rows_until)
select merchant_id, day, array[
        width_bucket(0, hours), width_bucket(1, hours), width_bucket(2, hours), width_bucket(3, hours),
        width_bucket(4, hours), width_bucket(5, hours), width_bucket(6, hours), width_bucket(7, hours),
        width_bucket(8, hours), width_bucket(9, hours), width_bucket(10, hours), width_bucket(11, hours),
        width_bucket(12, hours), width_bucket(13, hours), width_bucket(14, hours), width_bucket(15, hours),
        width_bucket(16, hours), width_bucket(17, hours), width_bucket(18, hours), width_bucket(19, hours),
        width_bucket(20, hours), width_bucket(21, hours), width_bucket(22, hours), width_bucket(23, hours)]
from (
    select merchant_id, day, array_agg(hour order by hour) as hours
    from (
        select t.merchant_id, date_trunc('day', t.occurred_at, 'UTC') as day,
            extract(hour from t.occurred_at at time zone 'UTC')::integer as hour
        from transactions t
        where t.batch_id = %(batch_id)s
            and t.occurred_at >= (select first_occurred_at from batches where batch_id = %(batch_id)s)
            and t.occurred_at <= (select last_occurred_at from batches where batch_id = %(batch_id)s)) rows
    group by 1, 2) days
order by 1, 2
on conflict (merchant_id, begins_at) do update set rows_until = array(
    select mine + more from unnest(c.rows_until, excluded.rows_until) with ordinality hours (mine, more, hour) order by hour)
