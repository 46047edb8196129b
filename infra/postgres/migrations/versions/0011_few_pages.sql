-- A batch finds its windows on few pages, however much history there is: those of customers in the index itself, those of
-- merchants in one record a day.

drop index transactions_customer_window;
create index transactions_customer_window on transactions (customer_id, occurred_at)
    include (transaction_id, merchant_id, amount);

-- Counted anew below: the hours were records of their own, and a batch read all of the days that a window's edge cuts.
truncate merchant_counts;
alter table merchant_counts drop column grain, drop column rows;
alter table merchant_counts
    add column rows_until integer[] not null,
    add constraint a_day_has_24_hours check (cardinality(rows_until) = 24),
    add constraint counted_rows_are_there check (rows_until[24] > 0),
    add primary key (merchant_id, begins_at);
comment on table merchant_counts is 'How many rows of transactions each merchant has in each day (UTC), written with the rows.';
comment on column merchant_counts.rows_until is 'How many of the day''s rows there are until the end of each of its hours.';

insert into merchant_counts (merchant_id, begins_at, rows_until)
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
    select merchant_id, date_trunc('day', occurred_at, 'UTC') as day,
        extract(hour from occurred_at at time zone 'UTC')::integer as hour
    from transactions) rows
group by 1, 2
order by 1, 2;
