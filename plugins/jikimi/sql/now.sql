-- The database's clock, which all its instants are of.
select clock_timestamp() as now
