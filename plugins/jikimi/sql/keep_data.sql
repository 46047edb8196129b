-- One measure of the data; looked at again, it is what it is by then.
insert into data_measures (measure, subject, value, expected, measured_from, measured_until)
values (%(measure)s, %(subject)s, %(value)s, %(expected)s, %(since)s, %(until)s)
on conflict (measure, subject, measured_until) do update set value = excluded.value, expected = excluded.expected
