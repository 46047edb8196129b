-- What became of a batch: every landed row is valid, quarantined or a repetition, unless the whole batch is held.
update batches
set state = case when %(held_reason)s::text is not null then 'held'
                 when source = 'history' then 'loaded'
                 else 'validated' end,
    landed_count = %(landed_count)s, valid_count = %(valid_count)s, quarantined_count = %(quarantined_count)s,
    repeated_count = %(repeated_count)s, held_reason = %(held_reason)s,
    first_occurred_at = %(first_occurred_at)s, last_occurred_at = %(last_occurred_at)s, validated_at = clock_timestamp()
where batch_id = %(batch_id)s
