-- What the rows looked like on which a panel was judged: one feature, score or vote.
insert into panel_references (panel_id, kind, name, reference_rows, reference)
values (%(panel_id)s, %(kind)s, %(name)s, %(rows)s, %(content)s)
