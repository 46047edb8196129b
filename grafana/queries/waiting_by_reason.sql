-- Due: nothing but a free sender is waited for. As it is now.
select coalesce(wait_reason, 'due') as reason, count(*) as alerts from reporting.alerts
where state in ('pending', 'deferred') and category in (${category:sqlstring})
group by 1 order by alerts desc, 1
