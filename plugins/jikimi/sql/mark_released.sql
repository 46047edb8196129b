-- The refused row stays, with the row that replaced it.
update quarantined_transactions set released_at = clock_timestamp(), released_landed_id = %(landed_id)s
where quarantine_id = %(quarantine_id)s
