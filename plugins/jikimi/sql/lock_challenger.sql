-- Who votes in the shadow; whoever else wants to change that waits for us, and nobody who only writes votes of that panel.
select panel_id from panels where state = 'challenger' for no key update
