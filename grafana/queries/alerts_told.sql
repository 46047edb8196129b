-- A customer is told of what was folded into another message, too.
select count(*) as told from reporting.alerts
where $__timeFilter(created_at) and coalesce(channel, 'none') in (${channel:sqlstring})
    and category in (${category:sqlstring})
    and state in ('accepted', 'delivered')
