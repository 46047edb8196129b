-- Who did what to an alert by hand.
select decided_at, decision, state_before, decided_by, reason from alert_decisions
where alert_id = %(alert_id)s
order by decision_id
