-- One refused row as it may be shown.
select quarantine_id, quarantined_at, batch_id, landed_id, reasons, landed_row, released_at, released_landed_id
from quarantined_transactions where quarantine_id = %(quarantine_id)s
