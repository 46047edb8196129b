-- Rows and labels that meet: whoever writes rows looks for their labels and shares this lock until the commit; whoever
-- writes labels looks for their rows and has it alone. So the later of the two sees the other.
select case when %(alone)s then pg_advisory_xact_lock(hashtext('jikimi called frauds'))
            else pg_advisory_xact_lock_shared(hashtext('jikimi called frauds')) end
