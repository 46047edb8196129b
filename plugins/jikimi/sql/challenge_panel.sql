-- Better than the champion, and it scores in the shadow until a person decides.
update panels set state = 'challenger', decision = %(sentence)s, decided_at = clock_timestamp(), decided_by = %(decided_by)s
where panel_id = %(panel_id)s and state = 'candidate'
