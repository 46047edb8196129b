-- One sender at a time decides what a customer is sent; and one at a time for all who are not in the table: they get
-- nothing, but an alert has one owner.
with known as (
    select customer_id from customers where customer_id = any(%(customer_ids)s)
), locked as (
    select customer_id from customers where customer_id = any(%(customer_ids)s) for no key update skip locked
), unknown as materialized (
    select given.customer_id from unnest(%(customer_ids)s::text[]) given (customer_id)
    where not exists (select from known where known.customer_id = given.customer_id)
)
select customer_id from locked
union all
select customer_id from unknown where pg_try_advisory_xact_lock(hashtext('jikimi.unknown_customers'))
