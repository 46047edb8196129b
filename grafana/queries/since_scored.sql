-- Null before the first row: the panel says so in words, because zero would mean this very moment.
select seconds_since_scored from reporting.freshness
