-- A dealer that never says how a message ended leaves it to a person.
with expired as (
    update alerts set state = 'unknown', due_at = clock_timestamp(),
        last_error = 'the dealer took it and no delivery report came within ' || %(hours)s::text || ' hours'
    where state = 'accepted' and accepted_at < statement_timestamp() - make_interval(secs => %(hours)s * 3600)
    returning alert_id
), tried as (
    update alert_attempts t set outcome = 'unknown'
    where t.outcome = 'accepted' and t.alert_id in (select alert_id from expired)
)
select alert_id from expired
