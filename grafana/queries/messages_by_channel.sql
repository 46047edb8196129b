-- None: no channel has taken them yet.
select coalesce(channel, 'none') as channel, count(*) as alerts from reporting.alerts
where $__timeFilter(created_at) and coalesce(channel, 'none') in (${channel:sqlstring})
    and category in (${category:sqlstring})
group by 1 order by alerts desc, 1
