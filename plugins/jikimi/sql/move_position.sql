-- Moves only from where the reader believes it to be: two readers of one file cannot both write the same rows.
update file_positions set rows_done = %(rows_done)s, updated_at = clock_timestamp()
where fingerprint = %(fingerprint)s and purpose = %(purpose)s and rows_done = %(was)s
