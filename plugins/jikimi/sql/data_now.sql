-- What has landed, what waits and what was scored, as of now. The newest live batch stands for its rows.
with waiting (rows, since) as (
    select count(*), min(landed_at) from landed_transactions where batch_id is null
    union all
    select coalesce(sum(valid_count), 0), min(first_landed_at) from batches where state = 'validated' and valid_count > 0
), newest (landed_at, scored_at) as (select
    greatest((select max(landed_at) from landed_transactions where batch_id is null),
        (select claimed_at from batches where source = 'live' order by claimed_at desc limit 1)),
    (select scored_at from batches where state = 'scored' order by batch_id desc limit 1)
)
select (select sum(rows)::bigint from waiting) as backlog_rows,
    extract(epoch from %(now)s - (select min(since) from waiting))::double precision as backlog_seconds,
    extract(epoch from %(now)s - landed_at)::double precision as seconds_since_landed,
    extract(epoch from %(now)s - scored_at)::double precision as seconds_since_scored
from newest
