-- A month of landed rows goes as a whole.
select drop_landed_month(%(month)s)
