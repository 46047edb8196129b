-- The alerts that have been due for longest; other senders pass over them. A customer who has a message under way waits.
-- Asked for one instant, so that the index ends the search where what is not due begins. `offset 0`: one look into the
-- index for each alert; a join would hold each against all that are being sent.
select a.alert_id, a.customer_id from alerts a
where a.state in ('pending', 'deferred') and a.due_at <= statement_timestamp()
    and not exists (select from alerts s where s.customer_id = a.customer_id and s.state = 'sending' offset 0)
order by a.due_at
limit %(limit)s
for update of a skip locked
