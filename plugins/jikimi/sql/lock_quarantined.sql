-- A refused row as it landed, locked so that two people do not release it twice.
select q.released_at, q.released_landed_id, l.*
from quarantined_transactions q join landed_transactions l using (landed_id)
where q.quarantine_id = %(quarantine_id)s
for update of q
