-- A training that drift starts.
insert into training_requests (panel_id, run_id, sentence, requested_at)
values (%(panel_id)s, %(run_id)s, %(sentence)s, %(now)s)
