-- Under which names a file was read before: they say by how much it was moved in time.
select fingerprint from file_positions where starts_with(fingerprint, %(prefix)s) order by updated_at
