-- What dealers say is kept first and applied afterwards; the same saying twice counts once.
insert into delivery_reports (dealer, event_id, dealer_id, reference, outcome, code, detail, reported_at)
select dealer, event_id, dealer_id, reference, outcome, code, detail, reported_at
from json_to_recordset(%(reports)s::json) as r (
    dealer text, event_id text, dealer_id text, reference text, outcome text, code text, detail text,
    reported_at timestamptz)
on conflict on constraint one_report_per_event do nothing
