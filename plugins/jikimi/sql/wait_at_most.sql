-- For the rest of this session: who waits longer for a lock is told so.
select set_config('lock_timeout', %(milliseconds)s::text, false)
