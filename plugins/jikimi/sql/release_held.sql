-- The batch stays as the record of what happened; its rows will belong to another one.
update batches set landed_count = 0, held_reason = held_reason || %(note)s
where batch_id = %(batch_id)s and state = 'held' and source = 'live' and landed_count > 0
