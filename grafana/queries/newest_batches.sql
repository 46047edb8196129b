-- One run of the pipeline may claim several batches.
select batch_id, source, state, landed_count, valid_count, quarantined_count, repeated_count, unanimous_count,
    claimed_at, scored_at, extract(epoch from scored_at - first_landed_at)::double precision as total_seconds,
    held_reason
from reporting.batches where $__timeFilter(claimed_at) and source in (${source:sqlstring})
order by claimed_at desc, batch_id desc limit 50
