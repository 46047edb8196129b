-- Who votes now.
select member from reporting.members where panel_state = 'champion' order by member
