-- The drift of the window that ended at an instant.
select kind, name, psi from drift_measures
where panel_id = %(panel_id)s and measured_until = %(until)s and state = 'measured'
