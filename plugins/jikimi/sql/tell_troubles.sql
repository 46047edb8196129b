-- What failed or may have arrived, and staff do not know yet: marked as told in the transaction that writes the notice.
-- An alert that staff heard of as unknown and that failed afterwards is news again.
-- Counted is what customers were not told of: an alert stands for all that was folded into it.
with news as (
    select alert_id from alerts
    where state in ('failed', 'unknown') and (staff_told_at is null or finished_at > staff_told_at)
    for update skip locked
), told as (
    update alerts a set staff_told_at = clock_timestamp()
    from news
    where a.alert_id = news.alert_id
    returning a.alert_id, a.channel, a.state, a.last_error, a.reference, 1 + a.folded_count as number
)
select channel, state, last_error as reason, sum(number)::integer as count,
    (array_agg(reference order by alert_id))[1:%(references)s] as named
from told
group by channel, state, last_error
order by count desc, min(alert_id)
