-- Old rows of a table that is not kept by month, some at a time.
select delete_before(%(kind)s, %(before)s, %(most)s) as deleted
