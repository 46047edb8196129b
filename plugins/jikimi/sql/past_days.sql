-- How many transactions occurred on each day (UTC) of a stretch of time.
select (date_trunc('day', occurred_at at time zone 'UTC') at time zone 'UTC') as day, count(*) as rows
from transactions
where occurred_at >= %(since)s and occurred_at < %(until)s
group by 1
order by 1
