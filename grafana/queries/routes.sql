-- As it is now: whom a message could reach, and who agreed to it.
select channel, consent, customers, customers_first from reporting.customers_reachability
order by customers desc, channel, consent limit 50
