-- How far a feature or a score of a window is from its reference, or why nobody can say.
insert into drift_measures (panel_id, kind, name, state, measured_from, measured_until, window_rows, psi, missing_share,
    reference_missing_share, unseen_share, is_calendar)
values (%(panel_id)s, %(kind)s, %(name)s, %(state)s, %(since)s, %(until)s, %(rows)s, %(psi)s, %(missing_share)s,
    %(reference_missing_share)s, %(unseen_share)s, %(is_calendar)s)
on conflict (panel_id, kind, name, measured_until) do nothing
