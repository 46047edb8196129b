-- The rows wait again.
update landed_transactions set batch_id = null where batch_id = %(batch_id)s
