-- What the champion of that day reached on the window that this panel was judged on.
update panels set champion_figures = %(champion_figures)s where panel_id = %(panel_id)s
