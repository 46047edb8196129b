-- Whenever it was sent: nobody but a person can resolve it.
select count(*) as alerts from reporting.unknown_alerts
