-- How many rows a maintenance would delete, of the tables that are not kept by month.
select
    (select count(*) from labels where known_at < %(before)s) as labels,
    (select count(*) from validation_results where ran_at < %(before)s) as validation_results,
    (select count(*) from quarantined_transactions where quarantined_at < %(before)s) as quarantined_transactions,
    (select count(*) from delivery_reports where received_at < %(before)s and applied_at is not null) as delivery_reports,
    (select count(*) from staff_notices where created_at < %(before)s) as staff_notices,
    (select count(*) from batches where claimed_at < %(before)s
        and (state in ('scored', 'loaded') or state = 'held' and landed_count = 0)) as batches,
    (select count(*) from channel_quotas where day < %(quotas_before)s::date) as channel_quotas
