-- Kept with its figures and the reason.
update panels set state = 'rejected', decision = %(decision)s where panel_id = %(panel_id)s and state = 'candidate'
