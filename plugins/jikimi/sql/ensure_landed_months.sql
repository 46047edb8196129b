-- Months for rows that producers will land; rows that found none move to theirs.
select ensure_landed_months(%(ahead)s) as made
