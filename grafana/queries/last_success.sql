-- The newest batches hold the newest instants: no need to read them all. Null: never.
with newest as (
    select validated_at, scored_at from reporting.batches order by batch_id desc limit 500
), steps (position, step, last_at) as (
    select 1, 'validate', (select max(validated_at) from newest)
    union all select 2, 'score', (select scored_at from reporting.freshness)
    union all select 3, 'send', (select accepted_at from reporting.freshness)
    union all select 4, 'monitor', (select max(measured_at) from reporting.monitor_runs)
)
select step, last_at, extract(epoch from now() - last_at)::double precision as since_seconds
from steps order by position
