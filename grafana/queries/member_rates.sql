-- A line that leaves its neighbours is a member that broke, or one that saw something.
select measured_until as time, member || ' #' || panel_id as member, fraud_share as share
from reporting.member_votes
where $__timeFilter(measured_until)
    and panel_id in (${panel:sqlstring}) and member in (${member:sqlstring})
order by measured_until, member
