-- One run at a time decides whether drift starts a training.
select pg_advisory_xact_lock(hashtext('jikimi.training_requests'))
