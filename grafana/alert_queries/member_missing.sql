-- From the list of members, so that one without any vote is seen; the worst window counts.
select m.member, coalesce(max(v.missing_share), 0) as share
from reporting.members m
left join reporting.member_votes v
    on v.panel_id = m.panel_id and v.member = m.member and not v.is_shadow and $__timeFilter(v.measured_until)
where m.panel_state = 'champion'
group by m.member
