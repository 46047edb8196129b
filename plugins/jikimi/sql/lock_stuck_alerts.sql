-- Claims that are older than anybody's patience. Locked first: only a statement that begins afterwards sees whether a
-- request left meanwhile.
select alert_id from alerts
where state = 'sending' and claimed_at < statement_timestamp() - make_interval(secs => %(patience)s)
order by alert_id
for update skip locked
