-- The tables of the months in which these instants lie; the owner makes what is missing.
select ensure_months(%(instants)s) as made
