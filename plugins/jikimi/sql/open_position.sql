-- The position of a file for a purpose; the update that changes nothing makes the row come back when it is there.
insert into file_positions as p (fingerprint, purpose, file_name)
values (%(fingerprint)s, %(purpose)s, %(file_name)s)
on conflict (fingerprint, purpose) do update set file_name = excluded.file_name
returning p.rows_done, p.finished_at
