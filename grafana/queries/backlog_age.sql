-- As it is now, whatever the dashboard's time range.
select oldest_seconds from reporting.backlog
