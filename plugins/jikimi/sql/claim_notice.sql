-- Committed before it leaves: another run passes over it, and if this one dies it is tried again after the gap.
update staff_deliveries
set attempts = attempts + 1, due_at = clock_timestamp() + %(gap)s::interval
where notice_id = %(notice_id)s and channel = %(channel)s and attempts = %(attempts)s
    and sent_at is null and given_up_at is null
returning notice_id
