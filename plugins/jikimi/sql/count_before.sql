-- How many rows a maintenance would delete, of the tables that are not kept by month.
select
    (select count(*) from labels where known_at < %(before)s) as labels,
    (select count(*) from validation_results where ran_at < %(before)s) as validation_results,
    (select count(*) from quarantined_transactions where quarantined_at < %(before)s) as quarantined_transactions,
    (select count(*) from delivery_reports where received_at < %(before)s and applied_at is not null) as delivery_reports,
    (select count(*) from staff_notices where created_at < %(before)s) as staff_notices,
    (select count(*) from batches where claimed_at < %(before)s
        and (state in ('scored', 'loaded') or state = 'held' and landed_count = 0)) as batches,
    (select count(*) from channel_quotas where day < %(quotas_before)s::date) as channel_quotas,
    (select count(*) from panel_votes where measured_until < %(before)s) as panel_votes,
    (select count(*) from member_votes where measured_until < %(before)s) as member_votes,
    (select count(*) from member_agreements where measured_until < %(before)s) as member_agreements,
    (select count(*) from drift_measures where measured_until < %(before)s) as drift_measures,
    (select count(*) from performance_measures where measured_until < %(before)s) as performance_measures,
    (select count(*) from data_measures where measured_until < %(before)s) as data_measures,
    -- Those whose scores are gone, or go with their month.
    (select count(*) from backfill_parts p where p.scored_at < %(before)s and (
        p.rows_until <= date_trunc('month', %(before)s::timestamptz, 'UTC') or not exists (
            select from backfill_scores s
            where s.panel_id = p.panel_id and s.occurred_at >= p.rows_from and s.occurred_at < p.rows_until
                and s.part_id = p.part_id))) as backfill_parts
