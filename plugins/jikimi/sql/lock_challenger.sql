-- Who votes in the shadow; whoever else wants to change that waits for us.
select panel_id from panels where state = 'challenger' for update
