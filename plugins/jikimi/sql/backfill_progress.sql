-- How many rows of a stretch a panel has scored since an instant, each stretch counted once: a part that was tried
-- again counts with its newest try.
select coalesce(sum(row_count), 0)::bigint as rows, max(scored_at) as newest
from (
    select distinct on (rows_from) row_count, scored_at
    from backfill_parts
    where panel_id = %(panel_id)s and scored_at >= %(after)s and rows_from >= %(since)s and rows_until <= %(until)s
    order by rows_from, scored_at desc
) parts
