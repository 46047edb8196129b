-- An alert that is being sent is left alone: its sender has not written yet what the report is about.
select alert_id from alerts where alert_id = any(%(alert_ids)s) and state <> 'sending'
order by alert_id
for update skip locked
