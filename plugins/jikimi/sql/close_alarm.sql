-- What an alarm was about is as it should be.
update monitor_alarms set closed_at = %(now)s
where kind = %(kind)s and subject = %(subject)s and closed_at is null
