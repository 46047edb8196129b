-- The alerts that have been due for longest; other senders pass over them. A customer who has a message under way waits.
select a.alert_id, a.customer_id from alerts a
where a.state in ('pending', 'deferred') and a.due_at <= clock_timestamp()
    and not exists (select from alerts s where s.customer_id = a.customer_id and s.state = 'sending')
order by a.due_at, a.alert_id
limit %(limit)s
for update of a skip locked
