-- How many rows merchants had between the instants asked about: the counts of whole days, those of the hours of days that
-- an instant cuts, and the rows of the hours that one cuts. What lies between two instants is one number.
-- The months are known when this is planned; within them each merchant is looked up by itself.
with asked as materialized (
    select merchant_id, at, date_trunc('day', at, 'UTC') as day, date_trunc('hour', at, 'UTC') as hour
    from unnest(%(merchants)s::text[], %(instants)s::timestamptz[]) asked (merchant_id, at)
), merchants as materialized (
    select merchant_id, min(day) as since, max(day) as until, array_agg(at + interval '1 microsecond' order by at) as ends,
        array_agg(distinct day) as days, array_agg(distinct hour) as hours
    from asked group by merchant_id
), counted as (
    select m.merchant_id, m.ends, c.begins_at as at, c.rows
    from merchants m cross join lateral (
        select begins_at, rows from merchant_counts
        where merchant_id = m.merchant_id and grain = 'day' and begins_at between %(first)s and %(last)s
            and begins_at > m.since and begins_at < m.until and begins_at <> all(m.days)
        offset 0) c
    union all
    select m.merchant_id, m.ends, c.begins_at, c.rows
    from merchants m cross join unnest(m.days) day cross join lateral (
        select begins_at, rows from merchant_counts
        where merchant_id = m.merchant_id and grain = 'hour' and begins_at between %(first)s and %(last)s
            and begins_at >= day and begins_at < day + interval '24 hours' and begins_at <> all(m.hours)
        offset 0) c
    union all
    select m.merchant_id, m.ends, t.occurred_at, 1
    from merchants m cross join unnest(m.hours) hour cross join lateral (
        select occurred_at from transactions
        where merchant_id = m.merchant_id and occurred_at between %(first)s and %(last)s
            and occurred_at >= hour and occurred_at < hour + interval '1 hour'
        offset 0) t
)
select merchant_id, max(at) as occurred_at, sum(rows)::bigint as rows
from counted
group by merchant_id, width_bucket(at, ends)
