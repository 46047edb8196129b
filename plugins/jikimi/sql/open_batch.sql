-- A batch is written with its outcome still open, so that its rows can name it; all in the claiming transaction.
insert into batches (source, state, run_id, landed_count, repeated_count, first_landed_at, claimed_at)
values ('live', 'validated', %(run_id)s, %(landed_count)s, %(landed_count)s, %(first_landed_at)s, %(claimed_at)s)
returning batch_id
