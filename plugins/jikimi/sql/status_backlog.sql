-- What waits, and how long the oldest of it has waited.
select
    (select count(*) from landed_transactions where batch_id is null) as unclaimed,
    (select coalesce(sum(valid_count), 0)::bigint from batches where state = 'validated') as unscored,
    extract(epoch from clock_timestamp() - least(
        (select min(landed_at) from landed_transactions where batch_id is null),
        (select min(first_landed_at) from batches where state = 'validated' and valid_count > 0)
    ))::double precision as backlog_age_seconds
