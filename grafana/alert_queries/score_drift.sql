-- 0.2 is much, and must last two windows; below it 0, because the threshold knows only "above".
select m.member,
    coalesce(max(least(d.psi, d.previous_psi)) filter (where d.psi >= 0.2 and d.previous_psi >= 0.2), 0) as psi
from reporting.members m
left join reporting.drift_now d on d.kind = 'score' and d.name = m.member and d.panel_id = m.panel_id
where m.panel_state = 'champion'
group by m.member
