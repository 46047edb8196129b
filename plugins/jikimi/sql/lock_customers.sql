-- One sender at a time decides what a customer is sent. Who is not in the table gets nothing, but an alert has one owner.
with known as (
    select customer_id from customers where customer_id = any(%(customer_ids)s)
), locked as (
    select customer_id from customers where customer_id = any(%(customer_ids)s) for no key update skip locked
)
select customer_id from locked
union all
select given.customer_id from unnest(%(customer_ids)s::text[]) given (customer_id)
where not exists (select from known where known.customer_id = given.customer_id)
    and pg_try_advisory_xact_lock(hashtext('jikimi.unknown_customer'), hashtext(given.customer_id))
