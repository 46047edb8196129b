-- A batch that the checks stopped waits for a person.
select count(*) as batches from reporting.batches where state = 'held'
