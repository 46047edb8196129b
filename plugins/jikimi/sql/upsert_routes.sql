-- A route that is given replaces the old one. An address alone changes no order: a new channel comes to the end of the
-- route. A consent counts where it is newer than its withdrawal.
with named as (
    select r.* from json_to_recordset(%(rows)s::json) as r (
        customer_id text, channel text, place smallint, turn smallint, address text, consented_at timestamptz)
    join customers using (customer_id)
), routed as (
    select distinct customer_id from named where place is not null
), dropped as (
    update customer_channels c set position = null
    from routed r
    where c.customer_id = r.customer_id and c.position is not null
        and not exists (select from named n where n.customer_id = c.customer_id and n.channel = c.channel)
    returning c.customer_id
), wanted as (
    select c.customer_id, c.channel,
        case when r.customer_id is null then c.position else n.place end as position,
        coalesce(n.address, c.address) as address,
        case when n.consented_at > coalesce(c.withdrawn_at, '-infinity') then n.consented_at else c.consented_at end
            as consented_at
    from named n join customer_channels c using (customer_id, channel) left join routed r using (customer_id)
), changed as (
    update customer_channels c
    set position = w.position, address = w.address, consented_at = w.consented_at
    from wanted w
    where c.customer_id = w.customer_id and c.channel = w.channel
        and (w.position, w.address, w.consented_at) is distinct from (c.position, c.address, c.consented_at)
    returning c.customer_id
), added as (
    insert into customer_channels (customer_id, channel, position, address, consented_at)
    select n.customer_id, n.channel,
        case when r.customer_id is not null then n.place
             else coalesce((select max(c.position) from customer_channels c where c.customer_id = n.customer_id), 0)
                 + row_number() over (partition by n.customer_id order by n.turn) end,
        n.address, n.consented_at
    from named n left join routed r using (customer_id)
    where not exists (select from customer_channels c where c.customer_id = n.customer_id and c.channel = n.channel)
    order by n.customer_id, n.channel
    on conflict (customer_id, channel) do nothing
    returning customer_id
)
select customer_id from dropped union select customer_id from changed union select customer_id from added
