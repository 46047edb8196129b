-- The last days of a panel's messages, the newest first.
select measured_from, messages, active_customers, hits from performance_measures
where panel_id = %(panel_id)s and delay_days = %(delay_days)s
order by measured_until desc limit %(limit)s
