-- Makes room: the unique index allows one champion.
update panels set state = 'retired', retired_at = clock_timestamp() where panel_id = %(panel_id)s and state = 'champion'
