-- From this commit on the sums have these batches, and nobody reads their rows for them.
update batches set counted_at = clock_timestamp() where batch_id = any(%(batch_ids)s)
