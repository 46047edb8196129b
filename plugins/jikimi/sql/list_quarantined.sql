-- Refused rows, newest first.
select quarantine_id, quarantined_at, batch_id, left(landed_row ->> 'transaction_id', 300) as transaction_id, reasons,
    released_at
from quarantined_transactions
where (%(with_released)s or released_at is null)
    and (%(reason)s::text is null or exists (select from unnest(reasons) r where strpos(r, %(reason)s) > 0))
order by quarantine_id desc
limit %(limit)s
