-- Every two-hundredth row was fraud, as the bank knew some days later.
insert into labels (transaction_id, is_fraud, source, known_at)
select transaction_id, true, 'bank', occurred_at + random() * interval '7 days'
from transactions where landed_id % 200 = 0
