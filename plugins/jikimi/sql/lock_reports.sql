-- Reports that were not applied yet, with the alert that each names; another process at the same time passes over them.
-- By the dealer's id where we know it; by our reference where its answer, and the id in it, was lost.
with waiting as (
    select report_id, dealer_id, reference, received_at from delivery_reports
    where applied_at is null and report_id > %(after_id)s
    order by report_id
    limit %(limit)s
    for update skip locked
), named as (
    select w.report_id, t.alert_id from waiting w join alert_attempts t on t.dealer_id = w.dealer_id
    union
    select w.report_id, a.alert_id from waiting w join alerts a on a.reference = w.reference
)
select w.report_id, (
        select n.alert_id from named n where n.report_id = w.report_id order by n.alert_id limit 1
    ) as alert_id, w.received_at < clock_timestamp() - interval '1 day' as is_old
from waiting w
order by w.report_id
