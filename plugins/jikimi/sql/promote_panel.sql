-- From its commit on, every batch is scored by this panel.
update panels set state = 'champion', promoted_at = clock_timestamp(), retired_at = null, decision = %(decision)s
where panel_id = %(panel_id)s
