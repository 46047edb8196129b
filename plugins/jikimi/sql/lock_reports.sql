-- Reports that were not applied yet, the newest first, with the alert that each names; another process at the same time
-- passes over them. By the dealer's id where we know it; by our reference where its answer, and the id in it, was lost.
with waiting as (
    select report_id, dealer_id, reference, received_at from delivery_reports
    where applied_at is null and report_id < %(before_id)s
    order by report_id desc
    limit %(limit)s
    for update skip locked
)
select w.report_id, coalesce(
        (select max(t.alert_id) from alert_attempts t where t.dealer_id = w.dealer_id and t.channel = 'alimtalk'),
        (select a.alert_id from alerts a where a.reference = w.reference)
    ) as alert_id, w.received_at < clock_timestamp() - interval '1 day' as is_old
from waiting w
order by w.report_id desc
