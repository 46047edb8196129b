-- Every label of those rows that were ever called fraud, said before the end of the stretch; no other changes a feature.
select l.transaction_id, l.is_fraud, (extract(epoch from l.known_at) * 1000000)::bigint as known_at
from labels l
where l.known_at < %(until)s and l.transaction_id in (
    select f.transaction_id
    from labels f join transactions t using (transaction_id)
    where f.is_fraud and t.occurred_at > %(window_from)s and t.occurred_at < %(until)s
)
order by l.label_id
