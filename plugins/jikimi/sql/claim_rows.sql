-- The rows belong to the batch from now on. When they landed says in which months they are.
update landed_transactions set batch_id = %(batch_id)s
where landed_id = any(%(landed_ids)s) and batch_id is null and landed_at between %(first)s and %(last)s
