-- Which days were measured before, with the labels of a delay.
select distinct measured_until from performance_measures
where delay_days = %(delay_days)s and measured_until >= %(since)s
