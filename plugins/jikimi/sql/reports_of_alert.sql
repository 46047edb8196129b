-- What a dealer said later about an alert: by its reference, or by what the dealer calls one of its messages.
select r.report_id, r.dealer, r.dealer_id, r.outcome, r.code, r.detail, r.reported_at, r.received_at, r.applied_at
from delivery_reports r
where r.reference = (select a.reference from alerts a where a.alert_id = %(alert_id)s)
    or r.dealer_id in (select t.dealer_id from alert_attempts t where t.alert_id = %(alert_id)s)
order by r.report_id
