-- The newest results of Great Expectations.
select result_id, batch_id, subject, ran_at, result from validation_results order by ran_at desc limit %(limit)s
