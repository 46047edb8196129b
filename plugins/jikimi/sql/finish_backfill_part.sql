-- That a stretch of the past is scored, with what its steps took.
insert into backfill_parts (part_id, panel_id, run_id, rows_from, rows_until, row_count, reading_seconds,
    features_seconds, scoring_seconds, writing_seconds)
overriding system value
values (%(part_id)s, %(panel_id)s, %(run_id)s, %(since)s, %(until)s, %(rows)s, %(reading)s, %(features)s, %(scoring)s,
    %(writing)s)
