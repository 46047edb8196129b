-- The former way: every label of the rows in the merchants' windows that were ever called fraud.
select l.transaction_id, l.known_at, l.is_fraud::integer::bigint as is_fraud
from labels l
where l.transaction_id in (
    select f.transaction_id
    from labels f join transaction_keys k using (transaction_id) join transactions t using (transaction_id, occurred_at)
    where f.is_fraud and t.merchant_id = any(%(merchants)s)
        and t.occurred_at > %(merchants_from)s and t.occurred_at <= %(merchants_until)s
)
order by l.label_id
