-- Ids for rows that are written together with what follows from them.
select array_agg(nextval(pg_get_serial_sequence('landed_transactions', 'landed_id'))) as landed_ids,
    clock_timestamp() as landed_at
from generate_series(1, %(rows)s)
