-- Alerts that wait are told of in the message of another one. Each brings along what its own would have told of.
with folded as (
    update alerts a set state = 'suppressed', folded_into = o.folded_into, wait_reason = null,
        finished_at = clock_timestamp()
    from json_to_recordset(%(others)s::json) as o (alert_id bigint, folded_into bigint)
    where a.alert_id = o.alert_id
    returning a.folded_into, a.folded_count
)
update alerts a set folded_count = a.folded_count + counted.more
from (select folded_into, sum(1 + folded_count) as more from folded group by folded_into) counted
where a.alert_id = counted.folded_into
