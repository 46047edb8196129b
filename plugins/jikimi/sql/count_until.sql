-- How many rows merchants had between the instants asked about. Until an instant there are the rows of whole days, those
-- of its day until its hour, and of its hour one by one; what lies between two instants is the difference.
-- The months are known when this is planned; within them each merchant is looked up by itself.
with merchants as materialized (
    select merchant_id, number from unnest(%(merchants)s::text[]) with ordinality merchants (merchant_id, number)
), days as materialized (
    select m.number, d.begins_at, d.rows_until
    from merchants m cross join lateral (
        select begins_at, rows_until from merchant_counts
        where merchant_id = m.merchant_id and begins_at between %(first)s and %(last)s
        offset 0) d
), asked as materialized (
    select a.number, a.at, date_trunc('hour', a.at, 'UTC') as hour, coalesce(d.rows_until[a.hours], 0) as until_hour,
        d.rows_until[a.hours + 1] as with_hour
    from (
        select number, at, extract(hour from at at time zone 'UTC')::integer as hours
        from unnest(%(numbers)s::bigint[], %(instants)s::timestamptz[]) asked (number, at)) a
    left join days d on d.number = a.number and d.begins_at = date_trunc('day', a.at, 'UTC')
), counted as (
    select number, begins_at + interval '24 hours' as at, null::timestamptz as hour, 'day' as what, rows_until[24] as rows
    from days
    union all
    select h.number, t.occurred_at, h.hour, 'row', 1
    from (select distinct number, hour from asked where with_hour > until_hour) h
    join merchants m using (number)
    cross join lateral (
        select occurred_at from transactions
        where merchant_id = m.merchant_id and occurred_at between %(first)s and %(last)s
            and occurred_at >= h.hour and occurred_at < h.hour + interval '1 hour'
        offset 0) t
    union all
    select number, at, hour, 'until', until_hour from asked
), summed as (
    select number, at, what, rows
        + coalesce(sum(rows) filter (where what = 'day') over (partition by number order by at, what), 0)
        + count(*) filter (where what = 'row') over (partition by number, hour order by at, what) as until
    from counted
)
select number, at as occurred_at, (until - lag(until, 1, 0::bigint) over (partition by number order by at))::bigint as rows
from summed where what = 'until'
