-- Those of the given customers that have no channel, known to us or not.
select wanted.customer_id
from unnest(%(customer_ids)s::text[]) as wanted (customer_id)
where wanted.customer_id ~ '^[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}$'
    and not exists (
        select from customer_channels c where c.customer_id = wanted.customer_id and c.position is not null)
