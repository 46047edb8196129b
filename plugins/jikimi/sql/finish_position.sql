-- The file was read to its end.
update file_positions set finished_at = coalesce(finished_at, clock_timestamp())
where fingerprint = %(fingerprint)s and purpose = %(purpose)s
