-- Alarms about a panel that votes no more are over.
update monitor_alarms set closed_at = %(now)s
where closed_at is null and panel_id is not null and panel_id is distinct from %(panel_id)s
