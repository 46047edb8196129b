-- Months that end by an instant, why one must stay, and about how many rows each has.
select month, kept_for, rows from old_months(%(parent)s, %(before)s)
