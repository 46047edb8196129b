-- Null before the first measurement: the panel says so in words.
select seconds_since_measured from reporting.monitor_runs where part = 'drift'
