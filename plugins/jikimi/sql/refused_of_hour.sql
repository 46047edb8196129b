-- Why rows were refused in an hour, the most frequent reason first; a row may have several.
select r.reason, count(*) as rows
from quarantined_transactions q cross join lateral unnest(q.reasons) r (reason)
where q.quarantined_at >= %(since)s and q.quarantined_at < %(until)s
group by r.reason order by count(*) desc, r.reason
