-- Up to which instant staff were told of this kind.
select max(covers_until) as covers_until from staff_notices where kind = %(kind)s
