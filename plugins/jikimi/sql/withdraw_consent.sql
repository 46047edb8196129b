-- A withdrawn consent leaves its instant, so that an older file cannot bring it back.
update customer_channels c set consented_at = null, withdrawn_at = clock_timestamp()
where c.customer_id = %(customer_id)s and (%(channel)s::text is null or c.channel = %(channel)s)
returning c.channel, old.consented_at as consented_at
