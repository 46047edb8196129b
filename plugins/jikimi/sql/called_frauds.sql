-- Every label of the merchants' rows that were ever called fraud; the others change no feature.
select f.transaction_id, f.occurred_at, f.merchant_id, f.amount, l.known_at, l.is_fraud::integer::bigint as is_fraud
from called_frauds f join labels l using (transaction_id)
where f.merchant_id = any(%(merchants)s)
    and f.occurred_at > %(merchants_from)s and f.occurred_at <= %(merchants_until)s
order by l.label_id
