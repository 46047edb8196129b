-- The labels of those transactions that were known when the newest of them occurred, oldest statement first.
select l.transaction_id, l.is_fraud::int::bigint as is_fraud, l.known_at
from labels l join transactions t using (transaction_id)
where t.occurred_at > %(since)s and l.known_at <= %(until)s
order by l.label_id
