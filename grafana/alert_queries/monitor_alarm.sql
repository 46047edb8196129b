-- The monitor knows the band and when it lasts; a kind without alarms is a row with 0.
select kind, open_alarms as alarms from reporting.open_alarms where kind = '@kind@'
