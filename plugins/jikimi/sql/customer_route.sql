-- The channels of a customer: first those of the route in their order, then those that are no longer used.
select position, channel, address, consented_at, withdrawn_at from customer_channels
where customer_id = %(customer_id)s
order by position nulls last, channel
