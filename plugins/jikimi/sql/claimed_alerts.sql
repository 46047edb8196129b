-- All that the messages of claimed alerts need.
select a.alert_id, a.claims, a.attempts, a.reference, a.folded_count as more, occurred_at, t.amount, t.currency,
    t.card_masked, coalesce(t.merchant_name, t.merchant_id) as merchant, u.customer_id is not null as is_known, u.name,
    u.language, a.struck_channels as struck, r.route, tried.tries
from alerts a
join transactions t using (transaction_id, occurred_at)
left join customers u on u.customer_id = a.customer_id
left join lateral (
    select json_agg(json_build_array(c.channel, c.address, c.consented_at is not null) order by c.position) as route
    from customer_channels c
    where c.customer_id = a.customer_id and c.position is not null
) r on true
left join lateral (
    select json_object_agg(channel, number) as tries from (
        -- Those since a person had it sent again, if anybody did.
        select channel, count(*) as number from (
            select channel from alert_attempts where alert_id = a.alert_id order by attempt_id desc limit a.attempts
        ) newest
        group by channel
    ) by_channel
    where a.attempts > 0
) tried on true
where a.alert_id = any(%(alert_ids)s)
order by a.alert_id
