-- As it is now, whatever the dashboard's time range.
select waiting_rows from reporting.backlog
