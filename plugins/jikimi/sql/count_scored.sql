-- What the panel said of some batches goes into the sums of dashboards, in one order for all, so that two who count wait
-- for each other instead of deadlocking.
with scored as materialized (
    select date_trunc('month', r.occurred_at, 'UTC') as month, r.scored_at, r.category, r.currency, r.amount_from,
        r.merchant, r.is_majority, r.is_unanimous, r.amount
    from batches b
    join scored_rows r
        on r.batch_id = b.batch_id and r.occurred_at >= b.first_occurred_at and r.occurred_at <= b.last_occurred_at
    where b.batch_id = any(%(batch_ids)s)
)
insert into scored_counts as c (subject, grain, begins_at, category, name, month, rows, majority_rows, unanimous_rows,
    unanimous_amount)
select s.subject, s.grain, date_bin(make_interval(secs => s.grain), r.scored_at, 'epoch'), r.category, s.name, r.month,
    count(*), count(*) filter (where r.is_majority), count(*) filter (where r.is_unanimous),
    coalesce(sum(r.amount) filter (where r.is_unanimous), 0)
from scored r cross join lateral (values
    ('currency', 60, r.currency), ('currency', 600, r.currency), ('amount', 3600, r.amount_from),
    ('amount', 86400, r.amount_from), ('merchant', 3600, r.merchant), ('merchant', 86400, r.merchant)
) s (subject, grain, name)
group by 1, 2, 3, 4, 5, 6
order by 1, 2, 3, 4, 5, 6
on conflict (subject, grain, begins_at, category, name, month) do update set rows = c.rows + excluded.rows,
    majority_rows = c.majority_rows + excluded.majority_rows, unanimous_rows = c.unanimous_rows + excluded.unanimous_rows,
    unanimous_amount = c.unanimous_amount + excluded.unanimous_amount
