-- What was tried before, and which channel took the message in the end.
select struck_channels, coalesce(channel, 'none') as channel, state, count(*) as alerts from reporting.alerts
where $__timeFilter(created_at) and coalesce(channel, 'none') in (${channel:sqlstring})
    and category in (${category:sqlstring})
    and struck_channels <> ''
group by 1, 2, 3 order by alerts desc limit 50
