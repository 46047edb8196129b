-- How long the oldest row waits; nothing waiting is 0.
select oldest_seconds as seconds from reporting.backlog
