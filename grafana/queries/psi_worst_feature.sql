-- Hour, night and weekend differ from a training by the calendar alone: they are left out.
select max(psi) as psi from reporting.drift_now where kind = 'feature' and not is_calendar
