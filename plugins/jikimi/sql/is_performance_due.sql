-- Whether the messages were last looked at before an instant.
select not exists (
    select from data_measures where measure = 'performance_looked_at' and measured_until > %(since)s) as is_due
