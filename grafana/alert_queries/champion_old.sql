-- People change how they pay; no champion is 0.
select coalesce(max(extract(epoch from now() - created_at)), 0)::double precision / 86400 as days
from reporting.panels where state = 'champion'
