-- From its commit on, every batch is scored by this panel; a task that runs again after a crash changes nothing more.
update panels set state = 'champion', promoted_at = coalesce(promoted_at, clock_timestamp()), decision = %(decision)s
where panel_id = %(panel_id)s and state in ('candidate', 'champion')
