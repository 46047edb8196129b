-- Every channel of the route refused: the customer does not know.
select count(*) as failed from reporting.alerts
where $__timeFilter(created_at) and coalesce(channel, 'none') in (${channel:sqlstring})
    and category in (${category:sqlstring})
    and state = 'failed'
