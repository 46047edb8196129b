-- One process at a time exchanges a refresh token: of two, the second would offer one that is dead. Held by the session.
select pg_advisory_lock(hashtext('jikimi.tokens'), hashtext(%(connection_id)s))
