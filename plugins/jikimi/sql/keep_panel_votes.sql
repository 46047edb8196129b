-- How a panel voted in a window; what came late is counted when the window is measured again.
insert into panel_votes (panel_id, is_shadow, measured_from, measured_until, scored_rows, unanimous_rows, majority_rows,
    disputed_rows, incomplete_rows)
values (%(panel_id)s, %(is_shadow)s, %(since)s, %(until)s, %(scored_rows)s, %(unanimous_rows)s, %(majority_rows)s,
    %(disputed_rows)s, %(incomplete_rows)s)
on conflict (panel_id, is_shadow, measured_until) do update set scored_rows = excluded.scored_rows,
    unanimous_rows = excluded.unanimous_rows, majority_rows = excluded.majority_rows,
    disputed_rows = excluded.disputed_rows, incomplete_rows = excluded.incomplete_rows
