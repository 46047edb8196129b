-- A label that is there already is left alone, so that importing a file twice changes nothing.
insert into labels (transaction_id, is_fraud, source, known_at)
select r.transaction_id, r.is_fraud, r.source, r.known_at
from json_to_recordset(%(rows)s::json) as r (transaction_id text, is_fraud boolean, source text, known_at timestamptz)
on conflict (transaction_id, source, known_at) do nothing
