-- Where alerts of the time range went; none: no channel has taken them yet.
select distinct coalesce(channel, 'none') as channel from reporting.alerts
where $__timeFilter(created_at) order by channel
