-- What else waits for these customers is told in the same message; only what a person asked for stays on its own.
with others as (
    select o.alert_id, c.alert_id as folded_into from alerts c
    join alerts o on o.customer_id = c.customer_id and o.alert_id <> c.alert_id
    where c.alert_id = any(%(alert_ids)s) and o.state in ('pending', 'deferred')
        and o.wait_reason is distinct from 'operator'
    for update of o skip locked
), folded as (
    update alerts a set state = 'suppressed', folded_into = others.folded_into, wait_reason = null,
        finished_at = clock_timestamp()
    from others
    where a.alert_id = others.alert_id
    returning a.folded_into, a.folded_count
), counted as (
    select folded_into, sum(1 + folded_count) as more, count(*) as rows from folded group by folded_into
), told as (
    update alerts a set folded_count = a.folded_count + counted.more
    from counted
    where a.alert_id = counted.folded_into
)
select coalesce(sum(rows), 0)::integer as folded from counted
