-- What the channel answered.
update alert_attempts set finished_at = clock_timestamp(), outcome = %(outcome)s, code = %(code)s, detail = %(detail)s
where attempt_id = %(attempt_id)s
