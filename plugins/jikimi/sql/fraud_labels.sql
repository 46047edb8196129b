-- Every label of the transactions that were ever called fraud; the others change no feature.
select l.transaction_id, l.is_fraud, (extract(epoch from l.known_at) * 1000000)::bigint as known_at
from labels l
where l.transaction_id in (
    select f.transaction_id
    from labels f join transactions t using (transaction_id)
    where f.is_fraud and t.merchant_id = any(%(merchants)s)
        and t.occurred_at > %(merchants_from)s and t.occurred_at <= %(merchants_until)s
)
order by l.label_id
