-- Alerts by state.
select state, count(*) as alerts from alerts group by state order by state
