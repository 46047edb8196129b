-- Some ids of an old month leave the registry, with the alerts of their transactions; the next call goes on after them.
select forgotten, last from forget_transactions(%(month)s, %(after)s, %(most)s)
