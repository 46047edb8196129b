-- What became of a panel.
select state from panels where panel_id = %(panel_id)s
