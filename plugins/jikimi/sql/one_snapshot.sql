-- All figures of one page are of one instant.
set transaction isolation level repeatable read, read only
