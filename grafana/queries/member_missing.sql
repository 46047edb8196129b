-- Zero is drawn: only a window without any row is a gap.
select measured_until as time, member || ' #' || panel_id as member, missing_share as share
from reporting.member_votes
where $__timeFilter(measured_until)
    and panel_id in (${panel:sqlstring}) and member in (${member:sqlstring})
order by measured_until, member
