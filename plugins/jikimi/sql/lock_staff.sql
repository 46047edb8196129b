-- One run at a time writes notices to staff: two would tell the same.
select pg_advisory_xact_lock(hashtext('jikimi.notify_staff'))
