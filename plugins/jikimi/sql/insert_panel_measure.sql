-- What a panel, or one of its members, reached on its judging window.
insert into panel_measures (panel_id, member, measure, value, measured_from, measured_until)
values (%(panel_id)s, %(member)s, %(measure)s, %(value)s, %(measured_from)s, %(measured_until)s)
on conflict (panel_id, member, measure, measured_until) do nothing
