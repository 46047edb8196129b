-- Whether the window that ends at an instant was measured before.
select exists (select from drift_measures where panel_id = %(panel_id)s and measured_until = %(until)s) as is_measured
