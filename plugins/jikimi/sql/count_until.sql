-- How many rows merchants had between the instants asked about: of a day that instants cut, what lies until each of them
-- and after the last one, and whole days between. Until an instant there are the hours that are over, which the day's
-- record tells, and of its own hour the rows.
-- The months are known when this is planned; within them each merchant is looked up by itself.
with merchants as materialized (
    select merchant_id, number from unnest(%(merchants)s::text[]) with ordinality merchants (merchant_id, number)
), days as materialized (
    select m.number, d.begins_at, d.rows_until
    from merchants m cross join lateral (
        select begins_at, rows_until from merchant_counts
        where merchant_id = m.merchant_id and begins_at between %(first)s and %(last)s
        offset 0) d
), instants as (
    select number, at, date_trunc('day', at, 'UTC') as day, date_trunc('hour', at, 'UTC') as hour,
        extract(hour from at at time zone 'UTC')::integer as hours
    from unnest(%(numbers)s::bigint[], %(instants)s::timestamptz[]) instants (number, at)
), asked as materialized (
    select i.number, i.at, i.day, coalesce(d.rows_until[i.hours], 0)
        + case when d.rows_until[i.hours + 1] > coalesce(d.rows_until[i.hours], 0) then (
            select count(*) from transactions
            where merchant_id = m.merchant_id and occurred_at between %(first)s and %(last)s
                and occurred_at >= i.hour and occurred_at <= i.at) else 0 end as rows
    from instants i
    join merchants m using (number)
    left join days d on d.number = i.number and d.begins_at = i.day
)
select number, at as occurred_at, rows - lag(rows, 1, 0::bigint) over (partition by number, day order by at) as rows
from asked
union all
select d.number, d.begins_at + interval '24 hours' - interval '1 microsecond', d.rows_until[24] - coalesce(cut.rows, 0)
from days d
left join (select number, day, max(rows) as rows from asked group by 1, 2) cut
    on cut.number = d.number and cut.day = d.begins_at
