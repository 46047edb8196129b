-- Since when the oldest alert waits for a person to say whether its message arrived.
select (
    select coalesce((select max(t.started_at) from alert_attempts t where t.alert_id = a.alert_id), a.created_at)
    from alerts a
    where a.state = 'unknown'
    order by a.alert_id
    limit 1
) as unknown_since
