-- Alerts by state, in the order of an alert's life.
select state, count(*) as alerts from alerts group by state
order by array_position(array[
    'pending', 'sending', 'accepted', 'delivered', 'deferred', 'suppressed', 'cancelled', 'unknown', 'failed'], state)
