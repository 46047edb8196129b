-- Those of the given customers that have no channel, known to us or not.
select wanted.customer_id
from unnest(%(customer_ids)s::text[]) as wanted (customer_id) left join customers c using (customer_id)
where c.channel is null and wanted.customer_id ~ '^[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}$'
