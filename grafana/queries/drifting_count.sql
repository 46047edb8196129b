-- A count, so that nothing measured is a zero.
select count(*) as drifting from reporting.drift_now where psi >= 0.2 and not is_calendar
