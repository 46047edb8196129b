-- A notice to staff, due at once on each of their channels that is set up.
with notice as (
    insert into staff_notices (kind, subject, body, html, covers_until)
    values (%(kind)s, %(subject)s, %(body)s, %(html)s, %(covers_until)s)
    returning notice_id
)
insert into staff_deliveries (notice_id, channel)
select notice_id, unnest(%(channels)s::text[]) from notice
