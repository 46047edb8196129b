-- Whether an alert waits for a sender, from the index on due_at alone: asked many times a second.
select exists (
    select from alerts where state in ('pending', 'deferred') and due_at <= statement_timestamp()
) as is_due
