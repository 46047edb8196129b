-- The batch is done: from here on nobody scores it again.
update batches
set state = 'scored', scored_at = %(scored_at)s,
    unanimous_count = (
        select count(*) from unanimous_fraud u
        where u.batch_id = batches.batch_id and u.panel_id = %(panel_id)s
            and u.occurred_at between batches.first_occurred_at and batches.last_occurred_at)
where batch_id = any(%(batch_ids)s)
