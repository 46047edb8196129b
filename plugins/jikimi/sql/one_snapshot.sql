-- All that this transaction reads is of one instant.
set transaction isolation level repeatable read, read only
