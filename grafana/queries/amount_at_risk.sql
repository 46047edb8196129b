-- Called fraud, and the customer was not told yet, or nobody knows; currencies are never added up.
select currency, sum(amount) as amount from reporting.alerts
where $__timeFilter(created_at) and category in (${category:sqlstring})
    and state in ('pending', 'sending', 'deferred', 'unknown', 'failed') and folded_into is null
group by currency order by amount desc
