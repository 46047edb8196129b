-- Numbers of the alerts that a person asks for, newest first; what is null does not matter.
select alert_id from alerts
where (%(states)s::text[] is null or state = any(%(states)s))
    and (%(channel)s::text is null or channel = %(channel)s)
    and (%(customer_id)s::text is null or customer_id = %(customer_id)s)
    and (%(reference)s::text is null or reference = upper(%(reference)s))
    and (%(since)s::timestamptz is null or created_at >= %(since)s)
    and (%(until)s::timestamptz is null or created_at < %(until)s)
    and (%(error)s::text is null or strpos(lower(last_error), lower(%(error)s)) > 0)
order by alert_id desc
limit %(limit)s::bigint
