-- Quiet, not broken: no row came in. Before the first row the champion's promotion counts.
select coalesce(f.seconds_since_landed, extract(epoch from now() - p.promoted_at), 0)::double precision as seconds
from reporting.freshness f left join reporting.panels p on p.state = 'champion'
