-- A global count: none is a zero.
select count(*) as alerts from reporting.alerts
where $__timeFilter(created_at) and coalesce(channel, 'none') in (${channel:sqlstring})
    and category in (${category:sqlstring})
