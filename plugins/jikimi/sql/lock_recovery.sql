-- One sender at a time looks for what others left behind: a call is taken back whole, or it would be repeated in parts.
select pg_try_advisory_xact_lock(hashtext('jikimi.recover_alerts')) as is_ours
