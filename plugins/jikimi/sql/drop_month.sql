-- A month of transactions, verdicts and votes goes as a whole, once its ids are forgotten.
select drop_month(%(month)s)
