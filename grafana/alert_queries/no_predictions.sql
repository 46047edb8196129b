-- Before the first prediction the champion's promotion counts; without a champion nothing is expected.
select coalesce(f.seconds_since_scored, extract(epoch from now() - p.promoted_at), 0)::double precision as seconds
from reporting.freshness f left join reporting.panels p on p.state = 'champion'
