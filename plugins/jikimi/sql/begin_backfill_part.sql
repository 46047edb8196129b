-- Waits for others who write the same panel and month, removes what was said of the stretch before, and numbers the part.
select begin_backfill_part(%(panel_id)s, %(since)s, %(until)s) as replaced,
    nextval(pg_get_serial_sequence('backfill_parts', 'part_id')) as part_id
