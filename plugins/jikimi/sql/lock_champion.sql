-- Who votes now; whoever else wants to change that waits for us, and nobody who only writes votes of that panel.
select panel_id from panels where state = 'champion' for no key update
