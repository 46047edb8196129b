-- How a try ended; after the last one nobody tries again.
update staff_deliveries
set sent_at = case when %(error)s::text is null then clock_timestamp() end,
    last_error = %(error)s,
    due_at = greatest(due_at, clock_timestamp() + %(pause)s::interval),
    given_up_at = case when %(error)s::text is not null and attempts >= %(most)s then clock_timestamp() end
where notice_id = %(notice_id)s and channel = %(channel)s and sent_at is null
returning given_up_at is not null as is_given_up
