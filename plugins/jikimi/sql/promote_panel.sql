-- From its commit on, every batch is scored by this panel; a task that runs again after a crash changes nothing more.
update panels set state = 'champion', promoted_at = clock_timestamp(), retired_at = null, decision = %(sentence)s,
    decided_at = clock_timestamp(), decided_by = %(decided_by)s
where panel_id = %(panel_id)s and state = any(%(states)s)
