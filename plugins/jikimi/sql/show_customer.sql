-- Who a customer is; the route stands in a table of its own.
select customer_id, name, language, created_at from customers where customer_id = %(customer_id)s
