-- Batches that a panel scored in a window, by chance but the same each time, up to so many rows and at least one.
with scored as (
    select batch_id, count(*) as rows from verdicts
    where panel_id = %(panel_id)s and scored_at >= %(since)s and scored_at < %(until)s and not is_shadow
    group by batch_id
)
select batch_id from (
    select batch_id, sum(rows) over (order by md5(batch_id::text), batch_id) - rows as before from scored
) s
where before = 0 or before + (select rows from scored where batch_id = s.batch_id) <= %(limit)s
