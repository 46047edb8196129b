-- As it is now, whatever the time range: each waits for a person.
select count(*) as waiting from reporting.unknown_alerts
