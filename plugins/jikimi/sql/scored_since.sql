-- Whether a live batch was scored after an instant.
select exists (select from batches where state = 'scored' and scored_at > %(since)s) as is_scored
