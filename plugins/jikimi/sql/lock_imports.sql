-- Files take turns: of two that name the same new customers at once, the later one would lose rows or both would wait.
select pg_advisory_xact_lock(hashtext('jikimi.import_customers'))
