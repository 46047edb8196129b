-- The alerts that the message of this one tells of.
select alert_id, reference, transaction_id, created_at from alerts
where folded_into = %(alert_id)s
order by alert_id
limit 100
