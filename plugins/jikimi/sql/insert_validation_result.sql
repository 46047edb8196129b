-- What Great Expectations said about a batch, as Data Docs show it.
insert into validation_results (batch_id, subject, is_success, evaluated, unsuccessful, result)
values (%(batch_id)s, %(subject)s, %(is_success)s, %(evaluated)s, %(unsuccessful)s, %(result)s::jsonb)
