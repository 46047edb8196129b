-- What a file does not say keeps its value; an id that no transaction could have makes no customer.
with given as (
    select * from json_to_recordset(%(rows)s::json) as r (customer_id text, name text, language text)
    where r.customer_id ~ '^[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}$'
), changed as (
    update customers c
    set name = coalesce(g.name, c.name), language = coalesce(g.language, c.language)
    from given g
    where c.customer_id = g.customer_id
        and (coalesce(g.name, c.name), coalesce(g.language, c.language)) is distinct from (c.name, c.language)
    returning c.customer_id
), added as (
    insert into customers (customer_id, name, language)
    select customer_id, name, coalesce(language, 'ko') from given order by customer_id
    on conflict (customer_id) do nothing
    returning customer_id
)
select customer_id from changed union all select customer_id from added
