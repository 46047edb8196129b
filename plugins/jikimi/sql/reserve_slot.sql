-- The next place under a channel's rate limit; one row for all senders, so that they keep it together.
insert into channel_slots (connection_id, next_at)
values (%(connection_id)s, clock_timestamp() + make_interval(secs => %(seconds)s))
on conflict (connection_id) do update
set next_at = greatest(channel_slots.next_at, clock_timestamp()) + make_interval(secs => %(seconds)s)
returning greatest(0, extract(epoch from next_at - clock_timestamp()) - %(seconds)s)::double precision as seconds
