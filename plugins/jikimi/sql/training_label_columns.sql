-- The labels of training_labels, each value as a text, a number or an instant, to be read as whole columns.
select l.transaction_id, l.is_fraud::int::float8 as is_fraud, l.known_at
from labels l join transactions t using (transaction_id)
where t.occurred_at > %(since)s and l.known_at <= %(until)s
order by l.label_id
