-- Null where a member said nothing: a gap.
select measured_until as time, member || ' #' || panel_id as member, score_p99 as share
from reporting.member_votes
where $__timeFilter(measured_until)
    and panel_id in (${panel:sqlstring}) and member in (${member:sqlstring})
order by measured_until, member
