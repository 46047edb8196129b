-- Counts that batches keep, so that a large history costs nothing; the estimates of large tables would mislead.
select
    (coalesce(sum(b.landed_count), 0) + (select count(*) from landed_transactions where batch_id is null))::bigint as landed,
    coalesce(sum(b.valid_count), 0)::bigint as valid,
    (coalesce(sum(b.quarantined_count), 0)
        - (select count(*) from quarantined_transactions where released_at is not null))::bigint as quarantined,
    coalesce(sum(b.landed_count) filter (where b.state = 'held'), 0)::bigint as held,
    coalesce(sum(b.valid_count) filter (where b.state = 'scored'), 0)::bigint as scored,
    (select count(distinct transaction_id) from unanimous_fraud where not is_shadow) as unanimous,
    (select count(*) from customers) as customers,
    (select count(*) from labels) as labels
from batches b
