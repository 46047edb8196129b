-- The same score for everything is a model that no longer sees its features; 20 rows may be alike by chance.
select m.member, count(v.member) as windows
from reporting.members m
left join reporting.member_votes v
    on v.panel_id = m.panel_id and v.member = m.member and not v.is_shadow and $__timeFilter(v.measured_until)
    and v.voted_rows > 20 and v.score_high = v.score_low
where m.panel_state = 'champion'
group by m.member
