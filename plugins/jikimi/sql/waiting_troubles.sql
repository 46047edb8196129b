-- What should have left by now: its channel was tried in vain, or is known to take nothing until a person mends it.
with waiting as (
    select a.alert_id, a.reference, a.last_error, coalesce(a.channel, next.channel) as channel,
        1 + a.folded_count as number
    from alerts a
    left join lateral (
        select c.channel from customer_channels c
        where c.customer_id = a.customer_id and c.position is not null and c.consented_at is not null
            and c.channel <> all(a.struck_channels)
        order by c.position
        limit 1
    ) next on true
    where a.state = 'pending' and a.wait_reason in ('retry', 'fall_back', 'channel_down')
        and a.created_at < clock_timestamp() - make_interval(secs => %(patience)s)
)
select channel, 'still waiting' as state, last_error as reason, sum(number)::integer as count,
    (array_agg(reference order by alert_id))[1:%(references)s] as named
from waiting
group by channel, last_error
order by count desc, min(alert_id)
