-- Kept with its figures and the reason.
update panels set state = 'rejected', decision = %(sentence)s, decided_at = clock_timestamp(), decided_by = %(decided_by)s
where panel_id = %(panel_id)s and state in ('candidate', 'challenger')
