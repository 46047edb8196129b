-- From the list of kinds, so that none is a zero.
select sum(open_alarms) as alarms from reporting.open_alarms where part in ('vote', 'performance')
