-- A refused row as it landed, locked so that two people do not release it twice; the landed row may be gone by then.
select q.released_at, q.released_landed_id, b.source, l.landed_id is not null as is_kept, l.*
from quarantined_transactions q
join batches b using (batch_id)
left join landed_transactions l on l.landed_id = q.landed_id
where q.quarantine_id = %(quarantine_id)s
for update of q
