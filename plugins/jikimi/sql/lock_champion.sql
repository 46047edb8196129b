-- Who votes now; whoever else wants to change that waits for us.
select panel_id from panels where state = 'champion' for update
