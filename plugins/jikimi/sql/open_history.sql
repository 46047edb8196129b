-- A batch of history, its rows still to come; they belong to it from the start, so that no live batch claims them.
insert into batches (source, state, run_id, landed_count, claimed_at, first_landed_at)
values ('history', 'loaded', %(run_id)s, 0, clock_timestamp(), %(landed_at)s)
returning batch_id
