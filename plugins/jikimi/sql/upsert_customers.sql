-- What a file does not say keeps its value; an id that no transaction could have makes no customer.
with given as (
    select * from json_to_recordset(%(rows)s::json) as r (
        customer_id text, name text, language text, channel text, kakao_uuid text, consented_at timestamptz)
    where r.customer_id ~ '^[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}$'
), changed as (
    update customers c
    set name = coalesce(g.name, c.name), language = coalesce(g.language, c.language),
        channel = coalesce(g.channel, c.channel), kakao_uuid = coalesce(g.kakao_uuid, c.kakao_uuid),
        consented_at = coalesce(g.consented_at, c.consented_at)
    from given g
    where c.customer_id = g.customer_id
        and (coalesce(g.name, c.name), coalesce(g.language, c.language), coalesce(g.channel, c.channel),
             coalesce(g.kakao_uuid, c.kakao_uuid), coalesce(g.consented_at, c.consented_at))
            is distinct from (c.name, c.language, c.channel, c.kakao_uuid, c.consented_at)
    returning c.customer_id
), added as (
    insert into customers (customer_id, name, language, channel, kakao_uuid, consented_at)
    select customer_id, name, coalesce(language, 'ko'), channel, kakao_uuid, consented_at from given
    on conflict (customer_id) do nothing
    returning customer_id
)
select (select count(*) from changed) + (select count(*) from added) as customers
