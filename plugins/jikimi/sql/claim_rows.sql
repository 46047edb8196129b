-- The rows belong to the batch from now on.
update landed_transactions set batch_id = %(batch_id)s where landed_id = any(%(landed_ids)s) and batch_id is null
